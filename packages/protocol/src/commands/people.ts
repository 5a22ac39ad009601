import * as z from "zod";
import { command } from "../command.ts";
import { cursor, displayName, empty, id, pageLimit, textUpTo, time, username, wellFormed } from "../fields.ts";
import { languages } from "../languages.ts";
import { limits } from "../limits.ts";
import { me, notificationSettings, page, personBrief, profile, relation, settings, whoMayMessage } from "../views.ts";

const personId = z.strictObject({ personId: id });
const personPage = z.strictObject({ personId: id, cursor: cursor.optional(), limit: pageLimit });
/** Its length first: nothing long reaches the parser of addresses. */
const link = wellFormed.max(limits.linkChars).pipe(z.url({ protocol: /^https?$/ }));

const timeZone = z.string().max(64).refine(isTimeZone, "must be an IANA time zone");
const language = z.enum(languages);

export const getMe = command({
  name: "me.get",
  summary: "My profile and settings.",
  auth: "session",
  over: "both",
  input: empty,
  output: me,
  errors: [],
});

export const updateMe = command({
  name: "me.update",
  summary: "Change my profile; keys left out stay as they are.",
  auth: "session",
  over: "both",
  input: z.strictObject({
    name: displayName.optional(),
    bio: textUpTo(limits.bioGraphemes).optional(),
    links: z.array(link).max(limits.linksPerProfile).optional(),
    /** A photo of mine that is ready; null removes the picture. */
    pictureMediaId: id.nullable().optional(),
  }),
  output: me,
  errors: ["not_found"],
});

export const getSettings = command({
  name: "settings.get",
  summary: "Who may message me, what I show of myself, and how I am told.",
  auth: "session",
  over: "both",
  input: empty,
  output: settings,
  errors: [],
});

export const updateSettings = command({
  name: "settings.update",
  summary: "Change settings; keys left out stay as they are. Who may message me holds for the very next message.",
  auth: "session",
  over: "both",
  input: z.strictObject({
    whoMayMessage: whoMayMessage.optional(),
    keepAcceptedOpen: z.boolean().optional(),
    readReceipts: z.boolean().optional(),
    typing: z.boolean().optional(),
    presence: z.boolean().optional(),
    enterSends: z.boolean().optional(),
    timeZone: timeZone.optional(),
    language: language.nullable().optional(),
    /** Keys left out stay as they are. */
    notifications: z.strictObject(notificationSettings.partial().shape).optional(),
  }),
  output: settings,
  errors: [],
  limit: "settings",
});

export const searchPeople = command({
  name: "people.search",
  summary: "People by name or username, best match first.",
  auth: "session",
  over: "both",
  input: z.strictObject({
    query: wellFormed.max(limits.searchQueryChars),
    cursor: cursor.optional(),
    limit: pageLimit,
  }),
  output: page(personBrief.extend({ relation })),
  errors: [],
  limit: "search",
});

export const getPerson = command({
  name: "people.get",
  summary: "One profile.",
  auth: "session",
  over: "both",
  input: personId,
  output: profile,
  errors: ["not_found"],
  limit: "profile",
});

export const getPersonByUsername = command({
  name: "people.getByUsername",
  summary: "One profile, by its username.",
  auth: "session",
  over: "both",
  input: z.strictObject({ username }),
  output: profile,
  errors: ["not_found"],
  limit: "profile",
});

export const listFollowers = command({
  name: "people.followers",
  summary: "Who follows this person, newest first.",
  auth: "session",
  over: "both",
  input: personPage,
  output: page(personBrief),
  errors: ["not_found"],
});

export const listFollowing = command({
  name: "people.following",
  summary: "Whom this person follows, newest first.",
  auth: "session",
  over: "both",
  input: personPage,
  output: page(personBrief),
  errors: ["not_found"],
});

export const follow = command({
  name: "follows.follow",
  summary: "Follow; two people who follow each other are friends.",
  auth: "session",
  over: "both",
  input: personId,
  output: relation,
  errors: ["not_found"],
  limit: "follow",
});

export const unfollow = command({
  name: "follows.unfollow",
  summary: "Stop following.",
  auth: "session",
  over: "both",
  input: personId,
  output: relation,
  errors: ["not_found"],
});

export const listBlocks = command({
  name: "blocks.list",
  summary: "Whom I blocked, newest first.",
  auth: "session",
  over: "both",
  input: z.strictObject({ cursor: cursor.optional(), limit: pageLimit }),
  output: page(personBrief),
  errors: [],
});

export const block = command({
  name: "blocks.block",
  summary: "Block: nothing of theirs is delivered from now on, and nothing is told to them (R5).",
  auth: "session",
  over: "both",
  input: personId,
  output: relation,
  errors: ["not_found"],
});

export const unblock = command({
  name: "blocks.unblock",
  summary: "Unblock; nothing is delivered late.",
  auth: "session",
  over: "both",
  input: personId,
  output: relation,
  errors: ["not_found"],
});

export const presenceOf = command({
  name: "people.presence",
  summary: "Who of these is here now, of those with whom I share a conversation and who show it, as I do (C8).",
  auth: "session",
  over: "both",
  input: z.strictObject({ personIds: z.array(id).min(1).max(limits.presenceAtOnce) }),
  output: z.object({
    items: z.array(z.object({ personId: id, online: z.boolean(), lastSeenAt: time.nullable() })),
  }),
  errors: [],
  limit: "presence",
});

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).format(0) !== "";
  } catch {
    return false;
  }
}
