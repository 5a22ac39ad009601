import type { Settings } from "@sotto/protocol/types.ts";
import * as z from "zod";
import type { Sql } from "../db/sql.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { MailRefused, type Mailer } from "../ports/mailer.ts";
import { digestIsDue } from "./digest-due.ts";
import { digestLetter, type Digest } from "./digest-letter.ts";
import { noteMade, queueDigest, readCandidates, readDigestPeople, readReceiver } from "./digest-store.ts";
import { digestToken } from "./digest-token.ts";
import { readRequests, readUnread } from "./unread.ts";
import { wantedMessages } from "./wanted.ts";

export interface DigestDeps {
  sql: Sql;
  /** Undefined: no letters, and nothing is queued. */
  mailer: Mailer | undefined;
  /** The origin that people type. */
  url: string;
  /** For the links that end it. */
  key: string;
  settings: (personId: string) => Promise<Settings>;
  now: () => Date;
}

const payload = z.object({ personId: z.uuid() });

/** C7: what was not read, once a day or a week, by e-mail: a round finds whose morning it is, and a job for each writes the letter. */
export function digestTasks(deps: DigestDeps): Jobs["tasks"] {
  return {
    "notifications:digests": async () => void (await queueDueDigests(deps)),
    "notifications:digest": async (given) => await sendDigest(deps, payload.parse(given).personId),
  };
}

/** Zones differ by quarters of an hour. */
export const digestCrontab = "*/15 * * * * notifications:digests ?jobKey=digests";

const peopleAtOnce = 1_000;

export async function queueDueDigests({ sql, mailer, now }: DigestDeps): Promise<number> {
  if (mailer === undefined) return 0;
  let queued = 0;
  let afterId = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const people = await readDigestPeople(sql, afterId, peopleAtOnce);
    const due = people.filter((one) => digestIsDue(one.every, { ...one, now: now() }));
    for (const { id } of due) await queueDigest(sql, id);
    queued += due.length;
    const last = people.at(-1);
    if (!last || people.length < peopleAtOnce) return queued;
    afterId = last.id;
  }
}

const linesMost = 20;
/** Inbox rows follow the log a little later: what came just before a digest is looked at again by the next. */
const overlapMs = 60_000;
/** More than can be listed: their number is said. */
const candidatesMost = 100;
const firstReachMs = { off: 0, daily: 24 * 3_600_000, weekly: 7 * 24 * 3_600_000 } as const;

/** The settings are read again: they may have changed since it was queued. A mail server that is away is tried again by the queue. */
async function sendDigest(deps: DigestDeps, personId: string): Promise<void> {
  const { sql, mailer, url, key, now } = deps;
  const receiver = await readReceiver(sql, personId);
  if (!receiver || mailer === undefined) return;
  const settings = await deps.settings(personId);
  const { digest: every } = settings.notifications;
  if (every === "off") return;
  const since = receiver.madeAt ?? new Date(now().getTime() - firstReachMs[every]);
  const digest = await readDigest(sql, personId, { settings, since });
  if (digest.conversations + digest.requests > 0) {
    const token = digestToken(key, personId);
    const letter = digestLetter(digest, {
      ...receiver,
      language: settings.language ?? "en",
      site: url,
      endUrl: `${url}/unsubscribe#${token}`,
      unsubscribeUrl: `${url}/v1/digest/unsubscribe?token=${token}`,
    });
    await mailer.send(letter).catch((error: unknown) => {
      // For good: the next digest is a new try.
      if (!(error instanceof MailRefused)) throw error;
    });
  }
  await noteMade(sql, personId, new Date(now().getTime() - overlapMs));
}

/** The same words as a push would have: what is hidden there is hidden here (T32, R3). */
async function readDigest(
  sql: Sql,
  personId: string,
  { settings, since }: { settings: Settings; since: Date },
): Promise<Digest> {
  const lines: Digest["lines"] = [];
  let conversations = 0;
  for (const conversationId of await readCandidates(sql, personId, since, candidatesMost)) {
    const { conversation, messages } = await readUnread(sql, personId, conversationId);
    const wanted = conversation && wantedMessages(settings, conversationId, messages);
    if (!wanted) continue;
    conversations += 1;
    if (settings.notifications.previews && lines.length < linesMost)
      lines.push({ title: wanted.title, body: wanted.body });
  }
  const { count, newestMs } = await readRequests(sql, personId);
  const requests = settings.notifications.requests && newestMs > since.getTime() ? count : 0;
  return { lines, conversations, requests };
}
