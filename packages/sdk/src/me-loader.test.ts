import { expect, test } from "bun:test";
import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Me } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { MeLoader } from "./me-loader.ts";
import { createState } from "./state.ts";
import { waits } from "./waits.ts";

test("C22: an answer that was read before a change of mine, and comes after it, does not undo it", async () => {
  const device = createDevice({ keptOpen: true });
  const [readAt, writtenAt] = [device.ask(), device.ask()];
  expect(writtenAt).toBeGreaterThan(readAt);
  device.loader.changed(settingsWith(true));
  device.loader.answered(me(false), readAt);
  expect(device.keptOpen()).toBe(true);
  device.loader.stop();
});

test("C22: so it is with one that was asked for after the change, and read before it", () => {
  const device = createDevice({ keptOpen: true });
  device.ask();
  const readAt = device.ask();
  device.loader.changed(settingsWith(true));
  device.loader.answered(settingsWith(false), readAt);
  expect(device.keptOpen()).toBe(true);
  device.loader.stop();
});

test("C22: two changes of mine whose answers cross end as the server keeps them", async () => {
  const device = createDevice({ keptOpen: true });
  device.ask();
  device.ask();
  device.loader.changed(settingsWith(true));
  // The first to be kept, the last to be answered.
  device.loader.changed(settingsWith(false));
  expect(device.keptOpen()).toBe(false);
  await Bun.sleep(waits.gapPatienceMs + 50);
  expect(device.keptOpen()).toBe(true);
});

test("of two questions the later one's answer stays, in whichever order they come", () => {
  const device = createDevice({ keptOpen: true });
  const [first, second] = [device.ask(), device.ask()];
  device.loader.answered(me(true), second);
  device.loader.answered(me(false), first);
  expect(device.keptOpen()).toBe(true);
});

/** A device that is connected, whose server keeps this; it shows the opposite. */
function createDevice(server: { keptOpen: boolean }) {
  const held = createState<Me | null>(me(!server.keptOpen));
  let asked = 0;
  const loader: MeLoader = new MeLoader({
    call: (async () => {
      const askedAt = ++asked;
      await Promise.resolve();
      loader.answered(me(server.keptOpen), askedAt);
      return me(server.keptOpen);
    }) as Call,
    isOnline: () => true,
    me: held,
    asked: () => asked,
  });
  return { loader, ask: () => ++asked, keptOpen: () => held.get()?.settings.keepAcceptedOpen };
}

function settingsWith(keepAcceptedOpen: boolean): Pick<Me, "settings"> {
  return { settings: me(keepAcceptedOpen).settings };
}

function me(keepAcceptedOpen: boolean): CommandOutput<"me.get"> {
  return { id: "anna", settings: { keepAcceptedOpen } } as CommandOutput<"me.get">;
}
