import { expect, test } from "bun:test";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import type { RefusedChange } from "@sotto/sdk/interface.ts";
import type { Act, Did } from "./acts.ts";
import { differencesFromModel, type PersonView } from "./model.ts";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, 0, ms)).toISOString();

test("of two drafts of one millisecond either may stay, and no third", () => {
  const drafts = [draft("laptop", "one", 5), draft("phone", "other", 5), draft("laptop", "before", 4)];
  expect(after({ acts: drafts, draft: "one" })).toEqual([]);
  expect(after({ acts: drafts, draft: "other" })).toEqual([]);
  expect(after({ acts: drafts, draft: "before" })).toHaveLength(1);
  expect(after({ acts: drafts, draft: "" })).toHaveLength(1);
});

test("of two drafts the later one stays, and of one device's the last", () => {
  const drafts = [draft("laptop", "one", 5), draft("phone", "other", 6)];
  expect(after({ acts: drafts, draft: "one" })).toHaveLength(1);
  expect(after({ acts: drafts, draft: "other" })).toEqual([]);
  const own = [draft("laptop", "one", 5), draft("laptop", "other", 5)];
  expect(after({ acts: own, draft: "one" })).toHaveLength(1);
  expect(after({ acts: own, draft: "other" })).toEqual([]);
});

test("what was further back than what was looked at may be as it likes", () => {
  const pinned = { ...message(1), pinnedAt: at(1), reactions: [reaction] };
  const [looked, shown] = [
    [message(2), message(3)],
    [pinned, message(2)],
  ];
  expect(after({ acts: [hide(3)], before: looked, messages: shown })).toEqual([]);
});

test("what was looked at may not be pinned by nobody, nor come back where something was hidden", () => {
  const [pinned, unpinned] = [{ ...message(2), pinnedAt: at(1) }, message(2)];
  expect(after({ acts: [], before: [unpinned], messages: [pinned] })).toHaveLength(1);
  expect(after({ acts: [], before: [pinned], messages: [unpinned] })).toHaveLength(1);
  const all = [message(1), message(2), message(3)];
  expect(after({ acts: [], before: [message(1), message(3)], messages: all })).toHaveLength(1);
});

test("a refusal needs a reason: its message was unsent or hidden, in this round or earlier", () => {
  const refused = [refusal("2")];
  expect(after({ acts: [], refused })).toHaveLength(1);
  expect(after({ acts: [hide(2)], refused, before: [message(2)], messages: [] })).toEqual([]);
  expect(after({ acts: [], refused, gone: ["2"] })).toEqual([]);
  expect(after({ acts: [], refused, gone: ["1"] })).toHaveLength(1);
});

const reaction = { emoji: "👍", count: 1, mine: true, personIds: ["anna"] };

interface World {
  acts: Act[];
  draft?: string;
  before?: Message[];
  messages?: Message[];
  refused?: RefusedChange[];
  /** Ids of messages that somebody unsent or hid earlier. */
  gone?: string[];
}

function after(world: World): string[] {
  const { acts, draft: text = "", before = [], messages = before, refused = [], gone = [] } = world;
  const kept = text === "" ? null : { text, replyToId: null, writtenAt: at(5) };
  const round = {
    before: new Map([["anna", view(before, null)]]),
    gone: new Set(gone),
    acts,
    refused: new Map([["phone", refused]]),
    failed: new Set<string>(),
  };
  return differencesFromModel(round, view(messages, kept));
}

function view(messages: Message[], kept: Conversation["draft"]): PersonView {
  const conversation = { lastSeq: 3, readSeq: 3, unread: 0, pinned: false, mutedUntil: null, archived: false };
  const held = { conversation: { ...conversation, draft: kept } as Conversation, messages };
  const settings = { enterSends: true, keepAcceptedOpen: false } as PersonView["settings"];
  return { personId: "anna", settings, conversations: new Map([["talk", held]]) };
}

function message(seq: number): Message {
  return { id: `${seq}`, seq, senderId: "ben", text: `${seq}`, unsentAt: null, createdAt: at(0) } as Message;
}

function draft(device: string, text: string, ms: number): Act {
  return act(device, { what: "draft", text, writtenAt: at(ms) });
}

function hide(seq: number): Act {
  return act("phone", { what: "hide", messageId: `${seq}` });
}

function refusal(messageId: string): RefusedChange {
  const problem = { code: "not_found" } as RefusedChange["problem"];
  return { id: "one", conversationId: "talk", what: "unreact", messageId, problem };
}

function act(device: string, did: Did): Act {
  return { personId: "anna", device, conversationId: "talk", at: 0, did };
}
