import type { Device } from "./clients/device.ts";
import { drawOf, type Draw } from "./draw.ts";
import type { Operation } from "./operations.ts";
import type { World } from "./world.ts";

export interface LoadOptions {
  world: World;
  operations: readonly Operation[];
  photos: readonly Uint8Array[];
  seed: number;
  round: number;
  goesOn: () => boolean;
  count: (operation: string) => void;
}

/** Under way at once for one client: sends wait through faults, and the client goes on with other things meanwhile. */
const underWayMost = 4;
const pauseMostMs = 320;

/** Every client does one thing after the other, at its own pace, until time is over. Resolves when the last thing is done. */
export async function runLoad(options: LoadOptions): Promise<void> {
  await Promise.all(options.world.devices.map(async (device, place) => await runClient(options, device, place)));
}

async function runClient(options: LoadOptions, device: Device, place: number): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for (let step = 0; options.goesOn(); step += 1) {
    const draw = drawOf(options.seed, options.round, place, step);
    await Bun.sleep(draw.below(pauseMostMs));
    const work = runStep(options, { device, draw, step }).finally(() => underWay.delete(work));
    underWay.add(work);
    while (underWay.size >= underWayMost) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

/** Which operation, on which conversation: the same for the same seed, whatever happened before. */
async function runStep(
  options: LoadOptions,
  { device, draw, step }: { device: Device; draw: Draw; step: number },
): Promise<void> {
  const operation = draw.weighted(options.operations);
  const chat = draw.pick(device.chats());
  if (!chat) return;
  options.count(operation.name);
  await operation.run({ device, draw, chat, word: wordOf(device.name, step), photos: options.photos });
}

/** Found again wherever a text may have got to: no other text holds it. */
export function wordOf(device: string, step: number): string {
  return `body${Bun.hash(`${device} ${step}`).toString(36).padStart(13, "0")}`;
}

export const wordPattern = "body[0-9a-z]{13}";
