import { limits } from "@sotto/protocol/limits.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { refuse, type Refusal } from "../errors.ts";
import { changeMessage, type Alter, type ChangeDeps } from "./change-message.ts";
import { extrasOf, type MessageExtras } from "./extras.ts";
import type { AskedMessage } from "./read-visible.ts";

type Reactions = NonNullable<MessageExtras["reactions"]>;

/** C15: any emoji that there is, several per person, the same one once. */
export async function react(
  deps: ChangeDeps,
  { emoji, ...asked }: AskedMessage & { emoji: string },
): Promise<Message | Refusal> {
  if (!isEmoji(emoji)) return refuse("invalid", { detail: "A reaction is one emoji.", pointer: "/emoji" });
  return await changeMessage(deps, asked, { asSend: true, alter: adding(emoji, asked.personId) });
}

export async function unreact(
  deps: ChangeDeps,
  { emoji, ...asked }: AskedMessage & { emoji: string },
): Promise<Message | Refusal> {
  return await changeMessage(deps, asked, { asSend: false, alter: removing(emoji, asked.personId) });
}

/** One that Unicode recommends for interchange, as it is written there: no other sequence looks the same everywhere. */
export function isEmoji(text: string): boolean {
  return text.length <= longestEmoji && oneEmoji.test(text);
}

/** By its constructor: the flag is younger than the language that the compiler takes. */
const oneEmoji = new RegExp(String.raw`^\p{RGI_Emoji}$`, "v");
const longestEmoji = 64;

function adding(emoji: string, personId: string): Alter {
  return async (_, row) => {
    const extras = extrasOf(row);
    const reactions = extras.reactions ?? [];
    const [, those] = reactions.find(([one]) => one === emoji) ?? [];
    if (those?.includes(personId)) return null;
    const mine = reactions.filter(([, personIds]) => personIds.includes(personId)).length;
    if (mine >= limits.reactionsPerPerson) return tooMany(`You may react with ${limits.reactionsPerPerson} emoji.`);
    if (!those && reactions.length >= limits.reactionKindsPerMessage)
      return tooMany(`A message takes ${limits.reactionKindsPerMessage} different emoji.`);
    return { extras: { ...extras, reactions: withOne(reactions, emoji, personId) } };
  };
}

function removing(emoji: string, personId: string): Alter {
  return async (_, row) => {
    const extras = extrasOf(row);
    if (!extras.reactions?.some(([one, personIds]) => one === emoji && personIds.includes(personId))) return null;
    const { reactions, ...rest } = extras;
    const left = withoutOne(reactions ?? [], emoji, personId);
    return { extras: left.length === 0 ? rest : { ...rest, reactions: left } };
  };
}

function withOne(reactions: Reactions, emoji: string, personId: string): Reactions {
  if (!reactions.some(([one]) => one === emoji)) return [...reactions, [emoji, [personId]]];
  return reactions.map(([one, personIds]) => [one, one === emoji ? [...personIds, personId] : personIds]);
}

function withoutOne(reactions: Reactions, emoji: string, personId: string): Reactions {
  return reactions
    .map(([one, ids]): Reactions[number] => [one, one === emoji ? ids.filter((id) => id !== personId) : ids])
    .filter(([, ids]) => ids.length > 0);
}

function tooMany(detail: string): Refusal {
  return refuse("invalid", { detail, pointer: "/emoji" });
}
