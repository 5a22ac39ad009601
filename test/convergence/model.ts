import type { Conversation, Message, Settings } from "@sotto/protocol/types.ts";
import type { RefusedChange } from "@sotto/sdk/interface.ts";
import type { Act, Did } from "./acts.ts";

/**
 * What everybody must hold after a round, from what everybody held before it and what was done in it. Pure. What two devices did to one
 * thing at the same time may end either way, but not a third; what one did after the other's was answered ends one way only.
 */

/** What one person's fresh client shows. */
export interface PersonView {
  personId: string;
  settings: Settings;
  conversations: ReadonlyMap<string, { conversation: Conversation; messages: readonly Message[] }>;
}

export interface Round {
  before: ReadonlyMap<string, PersonView>;
  /** Ids of messages that somebody unsent or hid in an earlier round: a device that restarts may show what it had before that, for a moment. */
  gone: ReadonlySet<string>;
  acts: readonly Act[];
  /** Acts that the server refused, by device. */
  refused: ReadonlyMap<string, readonly RefusedChange[]>;
  /** Client ids of messages that the server refused. */
  failed: ReadonlySet<string>;
}

/** A clock's answer is some milliseconds old when it is used. */
const clockToleranceMs = 250;

/** In words; empty when all is as it must be. */
export function differencesFromModel(round: Round, after: PersonView): string[] {
  // One whose answer got lost was done all the same, and may be refused when it is repeated.
  const done = round.acts.flatMap((act) => (isRefused(act, round) ? maybe(act) : [act]));
  const found: string[] = [...unexplained(round)];
  for (const [conversationId, { conversation, messages }] of after.conversations) {
    const place = {
      personId: after.personId,
      acts: done.filter((act) => act.conversationId === conversationId),
      before: round.before.get(after.personId)?.conversations.get(conversationId),
      conversation,
      messages,
    };
    const all = [
      ...sends(place, round),
      ...texts(place),
      ...hiding(place),
      ...quotes(place),
      ...own(place),
      ...draft(place),
    ];
    found.push(...all.map((one) => `${nameOf(after.personId)} in ${conversationId.slice(-4)}: ${one}`));
  }
  return [...found, ...settings(round, done, after)];
}

interface Place {
  personId: string;
  acts: readonly Act[];
  before: { conversation: Conversation; messages: readonly Message[] } | undefined;
  conversation: Conversation;
  messages: readonly Message[];
}

/** Exactly one copy of each, none that nobody sent, and each device's in the order of writing. */
function sends({ acts, before, messages, personId }: Place, { failed }: Round): string[] {
  const lastBefore = before?.conversation.lastSeq ?? 0;
  const fresh = messages.filter((one) => one.seq > lastBefore);
  const sent = acts.flatMap((act) =>
    act.did.what === "send" && !failed.has(act.did.clientId) ? [{ ...act, did: act.did }] : [],
  );
  const mine = sent.filter((act) => act.personId === personId);
  const held = new Set(before?.messages.map((one) => one.id));
  const hiddenNow = [...hiddenBy(acts, personId)].filter((id) => !held.has(id)).length;
  const found: string[] = [];
  for (const { did } of mine) {
    const copies = fresh.filter((one) => one.clientId === did.clientId).length;
    // One that was hidden in the same round is there for the others alone.
    if (copies > 1 || (copies === 0 && hiddenNow === 0)) found.push(`${copies} copies of "${did.text}"`);
  }
  if (fresh.length + hiddenNow !== sent.length)
    found.push(`${fresh.length} new messages, ${hiddenNow} of them hidden, for ${sent.length} sent`);
  for (const device of new Set(mine.map((act) => act.device))) {
    const ids = mine.filter((act) => act.device === device).map((act) => act.did.clientId);
    const order = fresh.flatMap((one) =>
      one.clientId !== undefined && ids.includes(one.clientId) ? [one.clientId] : [],
    );
    const wanted = ids.filter((id) => order.includes(id));
    if (order.join() !== wanted.join()) found.push(`${device}'s messages in another order`);
  }
  return found;
}

/** Text, tombstones, reactions and pins of every message whose state before is known: of those looked at then, and the new ones. */
function texts({ acts, before, messages: all }: Place): string[] {
  const held = new Map(before?.messages.map((one) => [one.id, one]));
  // What I hide makes room for one that was further back.
  const messages = all.filter((one) => held.has(one.id) || one.seq > (before?.conversation.lastSeq ?? 0));
  const bySend = new Map(acts.flatMap(({ did }) => (did.what === "send" ? [[did.clientId, did.text] as const] : [])));
  return messages.flatMap((one) => {
    const was = held.get(one.id);
    const about = acts.filter(({ did }) => "messageId" in did && did.messageId === one.id);
    const isUnsent = (was !== undefined && was.unsentAt !== null) || about.some(({ did }) => did.what === "unsend");
    if (isUnsent !== (one.unsentAt !== null))
      return [`${inShort(one)} ${isUnsent ? "was unsent and is there" : "is gone, nobody unsent it"}`];
    if (isUnsent) return one.text === "" && !one.reactions?.length ? [] : [`the tombstone ${one.seq} says something`];
    // What is sent on says what its source said when the server had it.
    const first = was?.text ?? (one.clientId === undefined || one.forwarded ? undefined : bySend.get(one.clientId));
    const edits = about.flatMap((act) => (act.did.what === "edit" ? [{ ...act, value: act.did.text }] : []));
    const found =
      first === undefined && edits.length === 0 ? [] : outside(`text of ${one.seq}`, one.text, edits, first);
    const pins = about.flatMap((act) => valueOf(act, "pin", "unpin"));
    found.push(...outside(`pin of ${one.seq}`, one.pinnedAt !== undefined, pins, was?.pinnedAt !== undefined));
    return [...found, ...reactions(one, was, about)];
  });
}

function reactions(one: Message, was: Message | undefined, about: readonly Act[]): string[] {
  const has = (message: Message | undefined, emoji: string, personId: string) =>
    message?.reactions?.some((reaction) => reaction.emoji === emoji && reaction.personIds.includes(personId)) ?? false;
  const keys = new Map<string, { emoji: string; personId: string }>();
  const add = (emoji: string, personId: string) => keys.set(`${emoji} ${personId}`, { emoji, personId });
  for (const { did, personId } of about) if ("emoji" in did) add(did.emoji, personId);
  for (const { emoji, personIds } of [...(was?.reactions ?? []), ...(one.reactions ?? [])])
    for (const personId of personIds) add(emoji, personId);
  return [...keys.values()].flatMap(({ emoji, personId }) => {
    const writes = about
      .filter((act) => act.personId === personId && "emoji" in act.did && act.did.emoji === emoji)
      .flatMap((act) => valueOf(act, "react", "unreact"));
    return outside(
      `${emoji} of ${nameOf(personId)} on ${one.seq}`,
      has(one, emoji, personId),
      writes,
      has(was, emoji, personId),
    );
  });
}

/** R10: what I deleted for me, and nothing else, is missing. */
function hiding({ acts, before, messages, personId }: Place): string[] {
  const hidden = hiddenBy(acts, personId);
  const there = new Set(messages.map((one) => one.id));
  const first = messages[0]?.seq ?? Infinity;
  const back = [...hidden].filter((id) => there.has(id)).map(() => "a hidden message is there");
  const lost = (before?.messages ?? []).filter((one) => one.seq >= first && !hidden.has(one.id) && !there.has(one.id));
  const [from, to] = [before?.messages[0]?.seq ?? Infinity, before?.conversation.lastSeq ?? 0];
  const held = new Set(before?.messages.map((one) => one.id));
  const returned = messages.filter((one) => one.seq >= from && one.seq <= to && !held.has(one.id));
  return [
    ...back,
    ...returned.map((one) => `${inShort(one)} was hidden and is there`),
    ...lost.map((one) => `${inShort(one)} is not there`),
  ];
}

/** R9: a quote says what its source says now. */
function quotes({ messages }: Place): string[] {
  const first = messages[0]?.seq ?? 0;
  return messages.flatMap(({ seq, replyTo }) => {
    if (!replyTo || replyTo.seq < first) return [];
    const source = messages.find((one) => one.id === replyTo.messageId);
    const says = source && source.unsentAt === null ? source.text : undefined;
    return replyTo.text === says ? [] : [`the quote in ${seq} says ${replyTo.text}, its source ${says}`];
  });
}

/** What is this person's alone: marker, unread, pin, mute, archive. */
function own({ acts, before, conversation, messages, personId }: Place): string[] {
  const mine = acts.filter((act) => act.personId === personId);
  const reads = mine.flatMap(({ did }) => (did.what === "read" ? [did.seq] : []));
  const readSeq = Math.max(before?.conversation.readSeq ?? 0, ...reads);
  const found = conversation.readSeq === readSeq ? [] : [`read up to ${conversation.readSeq}, not ${readSeq}`];
  // Only where all of them are here.
  if ((messages[0]?.seq ?? 0) <= readSeq + 1 || messages[0]?.seq === 1) {
    const isUnread = (one: Message) => one.seq > readSeq && one.senderId !== personId && one.unsentAt === null;
    const unread = Math.min(100, messages.filter(isUnread).length);
    if (conversation.unread !== unread) found.push(`${conversation.unread} unread, a recount says ${unread}`);
  }
  for (const key of ["pinned", "mutedUntil", "archived"] as const) {
    const writes = mine.flatMap((act) =>
      act.did.what === "update" && act.did.key === key ? [{ ...act, value: act.did.value }] : [],
    );
    const first = before?.conversation[key] ?? null;
    // A new message brings it back from the archive.
    const lastBefore = before?.conversation.lastSeq ?? 0;
    if (key === "archived" && !conversation.archived && (conversation.lastSeq > lastBefore || isLately(messages)))
      continue;
    found.push(...outside(key, conversation[key], writes, first));
  }
  return found;
}

/** The server's list may follow its messages by a moment: into the next round, at most. */
function isLately(messages: readonly Message[]): boolean {
  return Date.now() - Date.parse(messages.at(-1)?.createdAt ?? "") < 5_000;
}

/** C17: the latest one, unless a message of mine came after it. */
function draft({ acts, before, conversation, messages, personId }: Place): string[] {
  const written = acts.flatMap(({ did, personId: by, device }) =>
    did.what === "draft" && by === personId ? [{ ...did, device, ms: Date.parse(did.writtenAt) }] : [],
  );
  // Of two devices in one millisecond neither is the later one: either may stay.
  const last = written.filter((one, index) => {
    const sameDevice = written.slice(index + 1).filter((other) => other.device === one.device);
    return written.every((other) => other.ms <= one.ms) && sameDevice.every((other) => other.ms < one.ms);
  });
  const latest = last.find((one) => one.text === (conversation.draft?.text ?? "")) ??
    last.at(-1) ??
    before?.conversation.draft ?? { text: "", writtenAt: "" };
  const held = conversation.draft?.text ?? "";
  const writtenMs = Date.parse(latest.writtenAt);
  const sentMs = messages.filter((one) => one.senderId === personId).map((one) => Date.parse(one.createdAt));
  if (latest.text === held) {
    const outlived = held !== "" && sentMs.some((ms) => ms > writtenMs + clockToleranceMs);
    return outlived && !followsMessage(acts, personId, held) ? [`the draft "${held}" outlived a message`] : [];
  }
  if (held === "" && sentMs.some((ms) => ms >= writtenMs - clockToleranceMs)) return [];
  // Written after a message that was still on its way there, it counts from that one's arrival.
  if (followsMessage(acts, personId, held)) return [];
  // Hidden from this list, and sent all the same.
  if (held === "" && acts.some((act) => act.personId === personId && act.did.what === "send")) return [];
  return [`the draft is "${held}", not "${latest.text}"`];
}

function followsMessage(acts: readonly Act[], personId: string, text: string): boolean {
  const own = acts.filter((act) => act.personId === personId);
  return own.some(({ did, at, device }) => {
    if (did.what !== "draft" || did.text !== text || text === "") return false;
    return own.some((one) => one.did.what === "send" && one.device === device && one.at < at);
  });
}

function settings(round: Round, done: readonly Act[], after: PersonView): string[] {
  const mine = done.filter((act) => act.personId === after.personId);
  return (["enterSends", "keepAcceptedOpen"] as const).flatMap((key) => {
    const writes = mine.flatMap((act) =>
      act.did.what === "settings" && act.did.key === key ? [{ ...act, value: act.did.value }] : [],
    );
    const first = round.before.get(after.personId)?.settings[key];
    // Settings are not kept on the device: one whose answer is not known may have been lost.
    const sure = writes.filter((write) => write.doneAt !== undefined);
    const maybe = writes.filter((write) => write.doneAt === undefined).map((write) => write.value);
    if (maybe.includes(after.settings[key])) return [];
    return outside(key, after.settings[key], sure, first);
  });
}

/** A refusal needs a reason: its message was unsent, or hidden by whoever asked. */
function unexplained(round: Round): string[] {
  return [...round.refused].flatMap(([device, list]) =>
    list
      .filter(({ messageId }) => messageId === undefined || !isGone(round, messageId))
      .map((one) => `${device}: ${one.what} was refused: ${one.problem.code}`),
  );
}

/** Unsent or hidden, before this round or in it. */
export function isGone({ acts, gone }: Pick<Round, "acts" | "gone">, messageId: string | undefined): boolean {
  return messageId !== undefined && (gone.has(messageId) || goneBy(acts).includes(messageId));
}

/** Ids of the messages that somebody unsent or hid. */
export function goneBy(acts: readonly Act[]): string[] {
  return acts.flatMap(({ did }) => (did.what === "unsend" || did.what === "hide" ? [did.messageId] : []));
}

function isRefused(act: Act, round: Round): boolean {
  const { did } = act;
  if (did.what === "send") return round.failed.has(did.clientId);
  const list = round.refused.get(act.device) ?? [];
  const messageId = "messageId" in did ? did.messageId : undefined;
  return list.some(
    (one) => one.what === did.what && one.messageId === messageId && one.conversationId === act.conversationId,
  );
}

/** What must be there if it was done, may be; what takes something away for good is seen in the message itself. */
function maybe(act: Act): Act[] {
  return act.did.what === "edit" || "emoji" in act.did || act.did.what === "pin" || act.did.what === "unpin"
    ? [{ ...act, isUnsure: true }]
    : [];
}

interface Write<T> extends Act {
  value: T;
}

/** The value must be the first one, where nobody wrote, or one that no later write followed for sure. */
function outside<T>(what: string, value: T, writes: readonly Write<T>[], first: T | undefined): string[] {
  const last = writes.filter((one) => !writes.some((other) => comesAfter(other, one)));
  const isSure = writes.some((one) => !one.isUnsure);
  const allowed = [...last.map((one) => one.value), ...(isSure ? [] : [first])];
  return allowed.includes(value) ? [] : [`${what} is ${String(value)}, not ${allowed.map(String).join(" or ")}`];
}

function comesAfter(later: Act, earlier: Act): boolean {
  if (later.isUnsure) return false;
  if (later.device === earlier.device) return later.at > earlier.at;
  return earlier.doneAt !== undefined && later.at > earlier.doneAt;
}

function valueOf(act: Act, yes: Did["what"], no: Did["what"]): Write<boolean>[] {
  return act.did.what === yes || act.did.what === no ? [{ ...act, value: act.did.what === yes }] : [];
}

function hiddenBy(acts: readonly Act[], personId: string): Set<string> {
  return new Set(
    acts.flatMap((act) => (act.did.what === "hide" && act.personId === personId ? [act.did.messageId] : [])),
  );
}

function inShort(message: Message): string {
  return `message ${message.seq} "${message.text}"`;
}

function nameOf(personId: string): string {
  return personId.slice(-4);
}
