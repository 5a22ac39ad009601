import type { Settings } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { parseTag, type PushPayload } from "./tags.ts";
import { readReaction, readRequests, readUnread, type UnreadMessage } from "./unread.ts";
import { wordsIn, type Words } from "./words.ts";

/** What a person's devices should show under a tag, from what the database says at this moment; null: nothing. */
export interface Wanted {
  /** Grows with what is new; `change` with what happened to it since. */
  position: number;
  change: number;
  count: number;
  title: string;
  body: string;
  path: string;
  /** `soon`: wakes a sleeping device. */
  urgency: "high" | "normal";
  /** Not again before so long after the last one. */
  everyMs: number;
}

type Chosen = Pick<Settings, "notifications" | "language">;

export async function readWanted(sql: Sql, settings: Chosen, payload: PushPayload): Promise<Wanted | null> {
  if (!settings.notifications.push) return null;
  const tag = parseTag(payload.tag);
  if (tag.about === "requests") return await wantedRequests(sql, settings, payload.personId);
  if (tag.about === "reaction") return await wantedReaction(sql, settings, payload, tag.conversationId);
  const { conversation, messages } = await readUnread(sql, payload.personId, tag.conversationId);
  return conversation && wantedMessages(settings, tag.conversationId, messages);
}

/** Somebody who floods with requests is seen once in a while. */
const requestsEveryMs = 15 * 60_000;

/** Neither a text nor a name: both are a stranger's words (R3). */
async function wantedRequests(sql: Sql, settings: Chosen, personId: string): Promise<Wanted | null> {
  if (!settings.notifications.requests) return null;
  const { count, newestMs } = await readRequests(sql, personId);
  if (count === 0) return null;
  const words = wordsIn(settings.language);
  return {
    position: newestMs,
    change: 0,
    count,
    title: words.nameless,
    body: words.newRequests(count),
    path: "/requests",
    urgency: "normal",
    everyMs: requestsEveryMs,
  };
}

async function wantedReaction(
  sql: Sql,
  settings: Chosen,
  { personId, reaction }: PushPayload,
  conversationId: string,
): Promise<Wanted | null> {
  if (!settings.notifications.reactions || !reaction) return null;
  const found = await readReaction(sql, personId, { conversationId, ...reaction });
  if (!found) return null;
  const words = wordsIn(settings.language);
  const { previews } = settings.notifications;
  return {
    position: found.change,
    change: found.change,
    count: 1,
    title: previews ? clip(found.name, titleBytes) : words.nameless,
    body: previews ? words.reacted(found.emoji) : words.someoneReacted,
    path: `/c/${conversationId}`,
    urgency: "normal",
    everyMs: 0,
  };
}

/** Pure. One notification for the conversation: who, how many, and the beginning of the newest. */
export function wantedMessages(
  { notifications, language }: Chosen,
  conversationId: string,
  unread: readonly UnreadMessage[],
): Wanted | null {
  const told = unread.filter((message) => notifications.messages || (notifications.mentions && message.mentioned));
  const [newest] = told;
  if (!newest) return null;
  const words = wordsIn(language);
  const count = told.length;
  const name = clip(newest.sender_name, titleBytes);
  return {
    position: newest.seq,
    change: newest.change,
    count,
    title: notifications.previews ? (count === 1 ? name : words.severalFrom(name, count)) : words.nameless,
    body: notifications.previews ? preview(newest, words) : words.newMessages(count),
    path: `/c/${conversationId}`,
    urgency: "high",
    everyMs: 0,
  };
}

/** What is to vanish by itself is not put where nobody can take it back. */
function preview(message: UnreadMessage, words: Words): string {
  if (message.view_once) return words.viewOnce;
  if (message.disappears) return words.disappearing;
  if (message.text.trim() !== "") return clip(message.text, bodyBytes);
  return message.is_card ? words.profileCard : message.has_media ? words.photo : words.newMessages(1);
}

const titleBytes = 200;
const bodyBytes = 600;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The beginning, in whole graphemes: a push may have 4 kB altogether, and some have fewer. */
function clip(text: string, bytesAtMost: number): string {
  const flat = text.trim().replaceAll(/\s+/g, " ");
  if (Buffer.byteLength(flat) <= bytesAtMost) return flat;
  let clipped = "";
  for (const { segment } of graphemes.segment(flat)) {
    if (Buffer.byteLength(clipped + segment) > bytesAtMost - 3) break;
    clipped += segment;
  }
  return `${clipped}…`;
}
