import { expect, test } from "bun:test";
import type { Message } from "@sotto/protocol/types.ts";
import { catchUp, hasGap, prepend, receive, startLog, type MessageLog } from "./message-log.ts";

test("R14: events in any order end in the order of seq", () => {
  const log = [message(3, 3), message(1, 1), message(2, 2)].reduce(receive, startLog(page([], 0)));
  expect(seqs(log)).toEqual([1, 2, 3]);
  expect(hasGap(log)).toBe(false);
});

test("R15: what lies behind a hole is not shown until the hole is filled", () => {
  let log = receive(startLog(page([message(1, 1)], 1)), message(3, 3));
  expect(seqs(log)).toEqual([1]);
  expect(hasGap(log)).toBe(true);
  log = catchUp(log, { items: [message(2, 2), message(3, 3)], after: 1, change: 3 });
  expect(seqs(log)).toEqual([1, 2, 3]);
  expect(hasGap(log)).toBe(false);
});

test("R9: a tombstone takes its message's place, and an older copy does not bring it back", () => {
  let log = startLog(page([message(1, 1), message(2, 2)], 2));
  log = receive(log, tombstone(1, 3));
  log = receive(log, message(1, 1));
  log = catchUp(log, { items: [message(1, 1)], after: 3, change: 3 });
  expect(log.messages.map((one) => one.text)).toEqual(["", "text 2"]);
});

test("a repeated event changes nothing, not even the object", () => {
  const log = startLog(page([message(1, 1)], 1));
  expect(receive(log, message(1, 1))).toBe(log);
});

test("a mutation that is no message moves the change by a pull", () => {
  const log = catchUp(receive(startLog(page([message(1, 1)], 1)), message(2, 3)), {
    items: [message(2, 3)],
    after: 1,
    change: 3,
  });
  expect(seqs(log)).toEqual([1, 2]);
  expect(log.change).toBe(3);
});

test("an older page goes before the first one held", () => {
  const log = prepend(startLog({ ...page([message(5, 5)], 5), hasOlder: true }), {
    items: [message(3, 3), message(4, 4), message(5, 5)],
    change: 5,
    hasOlder: false,
  });
  expect(seqs(log)).toEqual([3, 4, 5]);
  expect(log.hasOlder).toBe(false);
});

test("R15: 400 seeded runs with lost, repeated and reordered events equal the server's log", () => {
  let pulls = 0;
  for (let seed = 1; seed <= 400; seed++) pulls += simulate(seed);
  console.log(`400 runs, ${pulls} pulls, differences: 0`);
});

/** A server's log, a line that loses, repeats and delays, and a client that pulls when it sees a hole. */
function simulate(seed: number): number {
  const random = seeded(seed);
  const server: Message[] = [];
  const onTheWay: Message[] = [];
  let change = 0;
  let pulls = 0;
  let log = startLog(page([], 0));
  const pull = () => {
    pulls++;
    const after = log.change;
    log = catchUp(log, { items: server.filter((one) => one.change > after), after, change });
  };
  for (let step = 0; step < 60; step++) {
    const unsent = random() < 0.25 ? server[Math.floor(random() * server.length)] : undefined;
    change++;
    if (unsent && unsent.unsentAt === null) server[unsent.seq - 1] = tombstone(unsent.seq, change);
    else server.push(message(server.length + 1, change));
    const changed = server.find((one) => one.change === change);
    if (changed && random() > 0.15) onTheWay.push(changed, ...(random() < 0.2 ? [changed] : []));
    while (onTheWay.length > 0 && random() < 0.7) {
      const [next] = onTheWay.splice(random() < 0.7 ? 0 : Math.floor(random() * onTheWay.length), 1);
      if (next) log = receive(log, next);
    }
    if (hasGap(log) && random() < 0.3) pull();
    expect(isWhole(log), `seed ${seed}, step ${step}`).toBe(true);
  }
  pull();
  expect(log.messages, `seed ${seed}`).toEqual(server);
  return pulls;
}

function isWhole(log: MessageLog): boolean {
  return log.messages.every((one, index) => one.seq === index + 1 && one.change <= log.change);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function page(items: Message[], change: number) {
  return { items, change, hasOlder: false };
}

function seqs(log: MessageLog): number[] {
  return log.messages.map((one) => one.seq);
}

function message(seq: number, change: number): Message {
  const createdAt = "2026-01-01T00:00:00Z";
  return {
    id: `m${seq}`,
    conversationId: "c",
    seq,
    change,
    senderId: "p",
    text: `text ${seq}`,
    media: [],
    createdAt,
    unsentAt: null,
  };
}

function tombstone(seq: number, change: number): Message {
  return { ...message(seq, change), text: "", unsentAt: "2026-01-02T00:00:00Z" };
}
