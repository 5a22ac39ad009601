import { expect, test } from "bun:test";
import { BlockedPeople } from "./blocked-people.ts";
import type { Call } from "./call.ts";
import type { Inbox } from "./inbox.ts";

test("R16: of two lists of whom I blocked the one that was asked for last counts, whole, in whichever order they come", async () => {
  const device = createDevice();
  device.blocked.changed();
  device.blocked.changed();
  device.answers[1]?.({ items: [{ id: "a" }], next: "more" });
  await device.asked(3);
  device.answers[2]?.({ items: [{ id: "b" }], next: null });
  device.answers[0]?.({ items: [], next: null });
  await Bun.sleep(1);
  expect(device.held).toEqual([["a", "b"]]);
  await device.blocked.need();
  expect(device.answers).toHaveLength(3);
});

test("R16: where the question fails it is asked again; without a group never", async () => {
  const device = createDevice();
  device.groups = 0;
  await device.blocked.need();
  expect(device.answers).toHaveLength(0);
  device.groups = 1;
  const first = device.blocked.need();
  device.answers[0]?.(Promise.reject(new Error("no line")));
  await first;
  const second = device.blocked.need();
  device.answers[1]?.({ items: [], next: null });
  await second;
  expect(device.held).toEqual([[]]);
});

type Page = { items: { id: string }[]; next: string | null };

function createDevice() {
  const answers: ((page: Page | Promise<Page>) => void)[] = [];
  const device = { answers, held: [] as string[][], groups: 1 };
  const inbox = {
    all: () => Array.from({ length: device.groups }, () => ({ kind: "group" })),
    setBlocked: (ids: string[]) => void device.held.push(ids),
  } as unknown as Inbox;
  const call = (() => new Promise<Page>((resolve) => answers.push(resolve))) as unknown as Call;
  const asked = async (count: number) => {
    while (answers.length < count) await Bun.sleep(1);
  };
  return Object.assign(device, { asked, blocked: new BlockedPeople({ call, inbox }) });
}
