import { expect, test } from "bun:test";
import fc from "fast-check";
import { mayMessage, type MessageFacts, type Setting } from "./may-message.ts";

const rules = { requestCooldownMs: 7 * 24 * 3_600_000 };
const nowMs = Date.UTC(2030, 0, 15);
const runs = { numRuns: 5_000 };

const setting = fc.constantFrom<Setting>("everyone", "friends", "no_one");
const party = fc.record({ setting, keepAcceptedOpen: fc.boolean() });
const atMs = fc.integer({ min: nowMs - 3 * rules.requestCooldownMs, max: nowMs });
const standing = fc.oneof(
  fc.constant({ is: "none" } as const),
  fc.constant({ is: "accepted" } as const),
  atMs.map((at) => ({ is: "requested_by_sender", atMs: at }) as const),
  fc.boolean().map((declined) => ({ is: "requested_by_receiver", declined }) as const),
);
const facts: fc.Arbitrary<MessageFacts> = fc.record({
  sender: party,
  receiver: party,
  friends: fc.boolean(),
  senderBlocksReceiver: fc.boolean(),
  receiverBlocksSender: fc.boolean(),
  standing,
  textOnly: fc.boolean(),
});

const decide = (given: MessageFacts, at = nowMs) => mayMessage(given, rules, at);
const check = (property: (given: MessageFacts) => boolean | void) => fc.assert(fc.property(facts, property), runs);

const open: MessageFacts = {
  sender: { setting: "everyone", keepAcceptedOpen: false },
  receiver: { setting: "everyone", keepAcceptedOpen: false },
  friends: false,
  senderBlocksReceiver: false,
  receiverBlocksSender: false,
  standing: { is: "none" },
  textOnly: true,
};

test("R1 No one receives nothing, unless an accepted conversation is kept open", () => {
  check((given) => {
    const kept = given.receiver.keepAcceptedOpen && given.standing.is === "accepted";
    fc.pre(given.receiver.setting === "no_one" && !kept);
    return !decide(given).allowed;
  });
});

test("R1 the present setting holds in an old conversation", () => {
  const old: MessageFacts = { ...open, friends: true, standing: { is: "accepted" } };
  expect(decide(old)).toEqual({ allowed: true, as: "message" });
  const closed = { ...old, receiver: { setting: "no_one", keepAcceptedOpen: false } } as const;
  expect(decide(closed)).toEqual({ allowed: false, code: "not_accepting" });
});

test("R1 keeping accepted conversations open touches accepted conversations only", () => {
  check((given) => {
    fc.pre(given.standing.is !== "accepted");
    const shut = {
      sender: { ...given.sender, keepAcceptedOpen: false },
      receiver: { ...given.receiver, keepAcceptedOpen: false },
    };
    expect(decide({ ...given, ...shut })).toEqual(decide(given));
  });
});

test("R1 keeping open never closes: it allows at least what was allowed without it", () => {
  check((given) => {
    fc.pre(decide(given).allowed);
    const kept = {
      ...given,
      sender: { ...given.sender, keepAcceptedOpen: true },
      receiver: { ...given.receiver, keepAcceptedOpen: true },
    };
    return decide(kept).allowed;
  });
});

test("R2 whoever could not be answered cannot send", () => {
  check((given) => {
    fc.pre(decide(given).allowed);
    // The other way round, once the two have a conversation.
    const answer: MessageFacts = {
      ...given,
      sender: given.receiver,
      receiver: given.sender,
      senderBlocksReceiver: given.receiverBlocksSender,
      receiverBlocksSender: given.senderBlocksReceiver,
      standing: given.standing.is === "accepted" ? given.standing : { is: "requested_by_receiver", declined: false },
    };
    return decide(answer).allowed;
  });
});

test("R3 between strangers nothing but text goes into a request, and never without one", () => {
  check((given) => {
    fc.pre(!given.friends && given.standing.is !== "accepted");
    const decision = decide(given);
    if (decision.allowed && decision.as === "request") return given.textOnly;
    return !decision.allowed || (decision.as === "acceptance" && given.standing.is === "requested_by_receiver");
  });
});

test("R3 friends never need a request", () => {
  check((given) => {
    fc.pre(given.friends);
    const decision = decide(given);
    return !decision.allowed || decision.as !== "request";
  });
});

test("R3 answering accepts, also after declining", () => {
  for (const declined of [false, true]) {
    const decision = decide({ ...open, standing: { is: "requested_by_receiver", declined }, textOnly: false });
    expect(decision).toEqual({ allowed: true, as: "acceptance" });
  }
});

test("R4 a request waits exactly until its cool-down ends, and says so", () => {
  const at = nowMs - 5_000;
  const waiting: MessageFacts = { ...open, standing: { is: "requested_by_sender", atMs: at } };
  const ends = at + rules.requestCooldownMs;
  expect(decide(waiting)).toEqual({ allowed: false, code: "request_waiting", retryAtMs: ends });
  expect(decide(waiting, ends - 1)).toEqual({ allowed: false, code: "request_waiting", retryAtMs: ends });
  expect(decide(waiting, ends)).toEqual({ allowed: true, as: "request" });
  expect(decide({ ...waiting, textOnly: false }, ends)).toEqual({ allowed: false, code: "request_text_only" });
});

test("R5 a receiver's block and a receiver who accepts nobody are one answer", () => {
  check((given) => {
    const closed = {
      ...given,
      receiverBlocksSender: false,
      receiver: { setting: "no_one", keepAcceptedOpen: false },
    } as const;
    const blocked = { ...given, receiverBlocksSender: true };
    expect(decide(blocked)).toEqual(decide(closed));
  });
});

test("R5 what the receiver did is never told before what the sender did", () => {
  check((given) => {
    const decision = decide(given);
    if (given.senderBlocksReceiver) expect(decision).toEqual({ allowed: false, code: "blocked_by_you" });
    fc.pre(!decision.allowed && decision.code === "own_setting_closed");
    const other = {
      ...given,
      receiverBlocksSender: !given.receiverBlocksSender,
      receiver: { setting: "no_one", keepAcceptedOpen: false },
    } as const;
    expect(decide(other)).toEqual(decision);
  });
});

test("the decision depends on the facts alone: it changes none of them", () => {
  check((given) => {
    const before = structuredClone(given);
    const first = decide(given);
    expect(decide(given)).toEqual(first);
    expect(given).toEqual(before);
  });
});
