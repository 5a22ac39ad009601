import { expect, test } from "bun:test";
import { Changes, type ChangesOptions } from "./changes.ts";
import { localError } from "./error.ts";
import { Refusals } from "./refusals.ts";
import { memoryStorage } from "./store/memory.ts";
import type { Change, StoredChange } from "./store/storage.ts";
import { waits } from "./waits.ts";

Object.assign(waits, { draftPauseMs: 10, readEveryMs: 10, firstBackOffMs: 5, longestBackOffMs: 10 });

test("C17: told in the order in which they were made, each again until it is answered, and gone from the device then", async () => {
  const told: string[] = [];
  let attempt = 0;
  const tell = async ({ change }: StoredChange) => {
    if (attempt++ % 2 === 0) throw localError("unavailable");
    told.push(change.what);
  };
  const { changes, storage } = queue({ tell });
  const all = [react("👍"), react("🎉"), edit("better")].map((change) => changes.add("c", change));
  expect(changes.pending("c")).toHaveLength(3);
  changes.enable();
  await Promise.all(all);
  expect(told).toEqual(["react", "react", "edit"]);
  expect(changes.isEmpty).toBe(true);
  expect(await storage.changes.all()).toEqual([]);
});

test("what is refused is named, rejected and no longer pending; the next one passes", async () => {
  const refused: string[] = [];
  const tell = async ({ change }: StoredChange) => {
    if (change.what === "edit") throw localError("edit_window_closed");
  };
  const { changes } = queue({ tell, onRefused: ({ change }, { code }) => refused.push(`${change.what} ${code}`) });
  changes.enable();
  const [refusal, next] = [changes.add("c", edit("too late")), changes.add("c", react("👍"))];
  expect(refusal).rejects.toMatchObject({ code: "edit_window_closed" });
  await next;
  expect(refused).toEqual(["edit edit_window_closed"]);
  expect(changes.isEmpty).toBe(true);
});

test("C17: what was refused is there with its words after a reload, told no more, until it is dismissed", async () => {
  const tell = async () => {
    throw localError("edit_window_closed");
  };
  const first = queue({ tell });
  const refusal = first.changes.add("c", edit("words"));
  first.changes.enable();
  expect(refusal).rejects.toMatchObject({ code: "edit_window_closed" });
  await until(() => first.refusals.state.get().length === 1);
  const stored = await first.storage.changes.all();

  let told = 0;
  const second = queue({ tell: async () => void told++, storage: first.storage, ownerId: "the next tab" });
  await second.changes.restore(stored.map(([, one]) => one));
  second.changes.enable();
  await Bun.sleep(20);
  expect(told).toBe(0);
  expect(second.changes.isEmpty).toBe(true);
  expect(second.refusals.state.get()).toMatchObject([{ text: "words", problem: { code: "edit_window_closed" } }]);
  // The next page takes it over from this one, no more from the first.
  expect(await second.storage.changes.all()).toMatchObject([[stored[0]?.[0], { ownerId: "the next tab" }]]);
  second.refusals.dismiss(stored[0]?.[0] ?? "");
  expect(second.refusals.state.get()).toEqual([]);
  expect(await second.storage.changes.all()).toEqual([]);
});

test("R25: of what was refused the newest fifty are kept, here and on the device", async () => {
  const { changes, refusals, storage } = queue({
    tell: async () => {
      throw localError("not_found");
    },
  });
  changes.enable();
  await Promise.allSettled(Array.from({ length: 53 }, (_, n) => changes.add("c", edit(`words ${n}`))));
  const kept = Array.from({ length: 50 }, (_, n) => `words ${n + 3}`);
  expect(refusals.state.get().map((one) => one.text)).toEqual(kept);
  expect(await storage.changes.all()).toHaveLength(50);
});

test("R16: a marker never goes back: not by one that was set before the further one was known again, here or after a reload", async () => {
  const told: Change[] = [];
  const first = queue({ tell: async ({ change }) => void told.push(change) });
  void first.changes.add("c", { what: "read", seq: 39 });
  void first.changes.add("c", { what: "read", seq: 34 });
  first.changes.enable();
  await until(() => first.changes.isEmpty);
  expect(told).toEqual([{ what: "read", seq: 39 }]);

  const stopped = queue({ tell: async () => undefined });
  void stopped.changes.add("c", { what: "read", seq: 49 });
  const stored = await stopped.storage.changes.all();
  const second = queue({ tell: async ({ change }) => void told.push(change), storage: stopped.storage });
  void second.changes.add("c", { what: "read", seq: 44 });
  await second.changes.restore(stored.map(([, one]) => one));
  second.changes.enable();
  await until(() => second.changes.isEmpty);
  expect(told).toEqual([
    { what: "read", seq: 39 },
    { what: "read", seq: 49 },
  ]);
  expect(await stopped.storage.changes.all()).toEqual([]);
});

test("after a reload the rest is told, in its order, and of drafts and markers only the newest", async () => {
  const first = queue({ tell: async () => undefined });
  for (const text of ["h", "he", "hel"]) void first.changes.add("c", draft(text));
  void first.changes.add("c", react("👍"));
  void first.changes.add("c", { what: "read", seq: 4 });
  void first.changes.add("c", { what: "read", seq: 7 });
  const stored = await first.storage.changes.all();
  expect(stored).toHaveLength(3);
  // As after a crash between two writes: an older draft is still there.
  const older = { ...(stored[0]?.[1] ?? fail()), id: "older", createdAtMs: 1, change: draft("old") };
  const told: Change[] = [];
  const second = queue({ tell: async ({ change }) => void told.push(change), storage: first.storage });
  await second.changes.restore([older, ...stored.map(([, one]) => one)]);
  second.changes.enable();
  await until(() => second.changes.isEmpty);
  const inOrder = (all: Change[]) => all.toSorted((a, b) => a.what.localeCompare(b.what));
  expect(inOrder(told)).toEqual(inOrder([draft("hel"), react("👍"), { what: "read", seq: 7 }]));
  expect(await first.storage.changes.all()).toEqual([]);
});

test("a draft waits while a message of the same conversation is on its way", async () => {
  let mayTell = false;
  let told = 0;
  const { changes } = queue({ tell: async () => void told++, mayTell: () => mayTell });
  changes.enable();
  void changes.add("c", draft("next"));
  await Bun.sleep(40);
  expect(told).toBe(0);
  mayTell = true;
  changes.wake();
  await until(() => told === 1);
});

test("C17: a draft that was written after a message counts from that one's arrival; one from before it does not, nor what dropped it", async () => {
  const createdAt = "2026-06-01T00:00:00.000Z";
  const written = async (all: Change[], writtenAtMs: number) => {
    const { changes } = queue({ tell: async () => undefined });
    for (const change of all) void changes.add("c", change);
    changes.messageArrived("c", { createdAt, writtenAtMs });
    const last = changes.pending("c").at(-1);
    return last?.what === "draft" ? last.writtenAt : undefined;
  };
  expect(await written([draft("after")], Date.now() - 1_000)).toBe("2026-06-01T00:00:00.001Z");
  expect(await written([draft("before")], Date.now() + 1_000)).toBe("2026-01-01T00:00:00Z");
  expect(await written([draft("before"), draft("")], Date.now() - 1_000)).toBe("2026-01-01T00:00:00Z");
});

function queue(options: Pick<ChangesOptions, "tell"> & Partial<ChangesOptions>) {
  const storage = options.storage ?? memoryStorage();
  const refusals = new Refusals(storage);
  const changes = new Changes({
    ownerId: "this tab",
    senderId: () => "me",
    mayTell: () => true,
    onRefused: (change, problem) => refusals.add(change, problem),
    toLocalMs: Date.parse,
    onChange: () => undefined,
    ...options,
    storage,
  });
  return { changes, refusals, storage };
}

function react(emoji: string): Change {
  return { what: "react", messageId: "m", emoji };
}

function edit(text: string): Change {
  return { what: "edit", messageId: "m", text };
}

function draft(text: string): Change {
  return { what: "draft", text, replyToId: null, writtenAt: "2026-01-01T00:00:00Z" };
}

function fail(): never {
  throw new Error("nothing is stored");
}

async function until(condition: () => boolean): Promise<void> {
  const giveUpMs = Date.now() + 4_000;
  while (!condition()) {
    if (Date.now() > giveUpMs) throw new Error(`never: ${condition.toString()}`);
    await Bun.sleep(5);
  }
}
