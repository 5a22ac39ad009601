import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import { comparedMessages } from "./compare.ts";
import type { Device } from "./device.ts";
import type { Step, StepName } from "./steps.ts";
import type { Triple } from "./triple.ts";

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
  /** Settings whose answer is not known yet. They wait nowhere on a device: one could be done in the next round. */
  underWay: number;
}

/** Does what a step says, if it can be done now; nobody waits for the answer. */
export function perform(
  step: Step,
  device: Device,
  { conversationIds, photo }: Pick<Triple, "conversationIds" | "photo">,
  ledger: Ledger,
): void {
  const conversationId = conversationIds[step.conversation] ?? "";
  const otherId = conversationIds[(step.conversation + 1) % conversationIds.length] ?? "";
  const handle = device.handle(conversationId);
  const held = handle.state.get().messages.slice(-recent);
  const own = held.filter((message) => message.senderId === device.personId && message.unsentAt === null);
  const one = held[Math.floor(step.pick * held.length)];
  doing[step.what]({
    ...{ step, device, handle, conversationId, otherId, photo, one },
    whole: one && one.unsentAt === null ? one : undefined,
    mine: own[Math.floor(step.pick * own.length)],
    text: () => `${ledger.name} ${device.name} ${ledger.texts++}`,
    note: (did, answer, where = conversationId) => noteAct(ledger, { device, conversationId: where, did, answer }),
  });
}

interface Scene {
  step: Step;
  device: Device;
  handle: ConversationHandle;
  conversationId: string;
  otherId: string;
  photo: Triple["photo"];
  /** Of the newest messages held: any, one that is not unsent, one of mine that is not. */
  one: Message | undefined;
  whole: Message | undefined;
  mine: Message | undefined;
  text: () => string;
  note: (did: Did, answer?: Promise<unknown>, conversationId?: string) => void;
}

const doing: Record<StepName, (scene: Scene) => void> = {
  send: (scene) => send(scene, { text: scene.text() }),
  reply: (scene) => scene.whole && send(scene, { text: scene.text(), replyToId: scene.whole.id }),
  forward({ handle, whole, otherId, note }) {
    if (!whole) return;
    const clientId = handle.forward(whole.id, { conversationId: otherId });
    note({ what: "send", clientId, text: whole.text, forwardOf: whole.id }, undefined, otherId);
  },
  photo({ device, photo: { conversationId: from, messageId }, conversationId, note }) {
    const clientId = device.sotto.conversation(from).forward(messageId, { conversationId });
    note({ what: "send", clientId, text: "", forwardOf: messageId });
  },
  edit({ handle, mine, text, note }) {
    if (!mine || mine.forwarded) return;
    const next = text();
    note({ what: "edit", messageId: mine.id, text: next }, handle.edit(mine.id, next));
  },
  unsend: ({ handle, mine, note }) => mine && note({ what: "unsend", messageId: mine.id }, handle.unsend(mine.id)),
  hide: ({ handle, one, note }) => one && note({ what: "hide", messageId: one.id }, handle.hide([one.id])),
  react: (scene) => react(scene, "react"),
  unreact: (scene) => react(scene, "unreact"),
  pin: ({ handle, whole, note }) => whole && note({ what: "pin", messageId: whole.id }, handle.pin(whole.id)),
  unpin: ({ handle, whole, note }) => whole && note({ what: "unpin", messageId: whole.id }, handle.unpin(whole.id)),
  read({ handle, one, note }) {
    if (!one) return;
    handle.markRead(one.seq);
    note({ what: "read", seq: one.seq });
  },
  draft(scene) {
    scene.handle.saveDraft(scene.text());
    noteDraft(scene);
  },
  clearDraft(scene) {
    if (!scene.handle.state.get().draft) return;
    scene.handle.saveDraft("");
    noteDraft(scene);
  },
  pinConversation: (scene) => update(scene, "pinned", scene.step.also < 0.5),
  archive: (scene) => update(scene, "archived", scene.step.also < 0.5),
  mute: (scene) => update(scene, "mutedUntil", years[Math.floor(scene.step.also * years.length)] ?? null),
  settings,
  // Nobody's state: what is looked at.
  jump: ({ handle, one }) => void (one && handle.jumpTo({ seq: Math.max(1, one.seq - 60) }).catch(() => undefined)),
  letGo: ({ handle, one }) => one && handle.keepAround(one.seq, { before: comparedMessages / 2, after: 2 }),
  cut: ({ device }) => device.cut(),
  block: ({ device }) => device.block(),
  deafen: ({ device }) => device.mute(),
  mend: ({ device }) => device.mend(),
  restart: ({ device }) => device.restart(),
};

function react({ handle, whole, step, note }: Scene, what: "react" | "unreact"): void {
  const reaction = emoji[Math.floor(step.also * emoji.length)] ?? "👍";
  if (whole) note({ what, messageId: whole.id, emoji: reaction }, handle[what](whole.id, reaction));
}

function send(scene: Scene, content: { text: string; replyToId?: string }): void {
  const { draft } = scene.handle.state.get();
  const clientId = scene.handle.send(content);
  scene.note({ what: "send", clientId, ...content });
  // Sending wipes what was being written, as this device knew it.
  if (draft) noteDraft(scene);
}

/** As it waits on the device, with the time that the program gave it. */
function noteDraft({ device, conversationId, note }: Scene): void {
  const { changes } = device.disk.waiting();
  const last = changes.findLast((one) => one.conversationId === conversationId && one.change.what === "draft")?.change;
  if (last?.what === "draft") note({ what: "draft", text: last.text, writtenAt: last.writtenAt });
}

function update(
  { handle, note }: Scene,
  key: "pinned" | "archived" | "mutedUntil",
  value: boolean | string | null,
): void {
  note({ what: "update", key, value }, handle.update({ [key]: value }));
}

/** Settings are for people who are connected: what cannot be told is refused at once. */
function settings({ device, note, step }: Scene): void {
  const key = step.pick < 0.5 ? "enterSends" : "keepAcceptedOpen";
  const value = step.also < 0.5;
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
  const isSetting = rest.did.what === "settings";
  if (isSetting) ledger.underWay++;
  void answer
    ?.then(
      () => (act.doneAt = ledger.ticks++),
      () => undefined,
    )
    .then(() => (ledger.underWay -= isSetting ? 1 : 0));
}
