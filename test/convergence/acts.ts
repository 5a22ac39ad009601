import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import type { Device } from "./device.ts";
import type { Step } from "./steps.ts";

/** What somebody did, for the model. `at` and `doneAt` count acts and answers in the order in which they happened. */
export interface Act {
  personId: string;
  device: string;
  conversationId: string;
  at: number;
  /** Undefined while its answer is not known: the program may have been ended before it. */
  doneAt?: number;
  /** Refused, and perhaps done before that. */
  isUnsure?: true;
  did: Did;
}

export type Did =
  | { what: "send"; clientId: string; text: string; replyToId?: string; forwardOf?: string }
  | { what: "edit"; messageId: string; text: string }
  | { what: "react" | "unreact"; messageId: string; emoji: string }
  | { what: "pin" | "unpin" | "unsend" | "hide"; messageId: string }
  | { what: "read"; seq: number }
  | { what: "draft"; text: string; writtenAt: string }
  | { what: "update"; key: "pinned" | "archived" | "mutedUntil"; value: boolean | string | null }
  | { what: "settings"; key: "enterSends" | "keepAcceptedOpen"; value: boolean };

export const emoji = ["👍", "❤️", "😂", "🏳️‍🌈"];
const years = ["2040-01-01T00:00:00.000Z", "2041-06-01T00:00:00.000Z", null];
const recent = 12;

export interface Ledger {
  acts: Act[];
  ticks: number;
  texts: number;
  name: string;
}

/** Does what a step says, if it can be done now; nobody waits for the answer. */
export function perform(step: Step, device: Device, conversationIds: readonly string[], ledger: Ledger): void {
  const conversationId = conversationIds[step.conversation] ?? "";
  const handle = device.handle(conversationId);
  const { messages, draft } = handle.state.get();
  const held = messages.slice(-recent);
  const one = held[Math.floor(step.pick * held.length)];
  const own = held.filter((message) => message.senderId === device.personId && isWhole(message));
  const mine = own[Math.floor(step.pick * own.length)];
  const whole = one && isWhole(one) ? one : undefined;
  const note = (did: Did, answer?: Promise<unknown>) => noteAct(ledger, { device, conversationId, did, answer });
  const text = () => `${ledger.name} ${device.name} ${ledger.texts++}`;
  switch (step.what) {
    case "send":
      return send(device, handle, { text: text() }, note);
    case "reply":
      return whole && send(device, handle, { text: text(), replyToId: whole.id }, note);
    case "forward": {
      const to = conversationIds[(step.conversation + 1) % conversationIds.length] ?? "";
      if (!whole) return;
      const clientId = handle.forward(whole.id, { conversationId: to });
      const did: Did = { what: "send", clientId, text: whole.text, forwardOf: whole.id };
      return noteAct(ledger, { device, conversationId: to, did });
    }
    case "edit": {
      if (!mine || mine.forwarded) return;
      const next = text();
      return note({ what: "edit", messageId: mine.id, text: next }, handle.edit(mine.id, next));
    }
    case "unsend":
      return mine && note({ what: "unsend", messageId: mine.id }, handle.unsend(mine.id));
    case "react":
    case "unreact": {
      const reaction = emoji[Math.floor(step.also * emoji.length)] ?? "👍";
      if (!whole) return;
      return note({ what: step.what, messageId: whole.id, emoji: reaction }, handle[step.what](whole.id, reaction));
    }
    case "pin":
    case "unpin":
      return whole && note({ what: step.what, messageId: whole.id }, handle[step.what](whole.id));
    case "hide":
      return one && note({ what: "hide", messageId: one.id }, handle.hide([one.id]));
    case "read":
      if (!one) return;
      handle.markRead(one.seq);
      return note({ what: "read", seq: one.seq });
    case "draft":
      handle.saveDraft(text());
      return noteDraft(device, conversationId, note);
    case "clearDraft":
      if (!draft) return;
      handle.saveDraft("");
      return noteDraft(device, conversationId, note);
    case "pinConversation":
      return update(handle, note, "pinned", step.also < 0.5);
    case "archive":
      return update(handle, note, "archived", step.also < 0.5);
    case "mute":
      return update(handle, note, "mutedUntil", years[Math.floor(step.also * years.length)] ?? null);
    case "settings":
      return settings(device, note, step);
    case "jump":
      // Nobody's state: what is looked at.
      return void (one && handle.jumpTo({ seq: Math.max(1, one.seq - 60) }).catch(() => undefined));
    case "cut":
      return device.cut();
    case "block":
      return device.block();
    case "deafen":
      return device.mute();
    case "mend":
      return device.mend();
    case "restart":
      return device.restart();
    default:
      return step.what satisfies never;
  }
}

type Note = (did: Did, answer?: Promise<unknown>) => void;

function send(
  device: Device,
  handle: ConversationHandle,
  content: { text: string; replyToId?: string },
  note: Note,
): void {
  const { draft, conversation } = handle.state.get();
  const clientId = handle.send(content);
  note({ what: "send", clientId, ...content });
  // Sending wipes what was being written, as this device knew it.
  if (draft && conversation) noteDraft(device, conversation.id, note);
}

/** As it waits on the device, with the time that the program gave it. */
function noteDraft(device: Device, conversationId: string, note: Note): void {
  const { changes } = device.disk.waiting();
  const last = changes.findLast((one) => one.conversationId === conversationId && one.change.what === "draft")?.change;
  if (last?.what === "draft") note({ what: "draft", text: last.text, writtenAt: last.writtenAt });
}

function update(
  handle: ConversationHandle,
  note: Note,
  key: "pinned" | "archived" | "mutedUntil",
  value: boolean | string | null,
) {
  note({ what: "update", key, value }, handle.update({ [key]: value }));
}

/** Settings are for people who are connected: what cannot be told is refused at once. */
function settings(device: Device, note: Note, { pick, also }: Step): void {
  const key = pick < 0.5 ? "enterSends" : "keepAcceptedOpen";
  const value = also < 0.5;
  if (device.sotto.connection.get().is === "online")
    note({ what: "settings", key, value }, device.sotto.call("settings.update", { [key]: value }));
}

function noteAct(
  ledger: Ledger,
  {
    device,
    answer,
    ...rest
  }: { device: Device; conversationId: string; did: Did; answer?: Promise<unknown> | undefined },
): void {
  const act: Act = { ...rest, personId: device.personId, device: device.name, at: ledger.ticks++ };
  ledger.acts.push(act);
  answer?.then(
    () => (act.doneAt = ledger.ticks++),
    () => undefined,
  );
}

function isWhole(message: Message): boolean {
  return message.unsentAt === null;
}
