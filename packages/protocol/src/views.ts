import * as z from "zod";
import { errorCodes, type ErrorCode } from "./errors.ts";
import { clientId, id, seq, time } from "./fields.ts";
import { languages } from "./languages.ts";

/** What the server shows. Clients ignore keys they do not know; new ones may be added (`/v1` only grows). */

const errorCode = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: errorCode,
    detail: z.string(),
    requestId: z.string(),
    retryAt: time.optional(),
    pointer: z.string().optional(),
  })
  .meta({ id: "Problem" });

const rendition = z.object({
  url: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  sizeBytes: z.number().int(),
  mimeType: z.string(),
});

/** Width and height are as shown, after orientation. */
export const mediaView = z
  .object({
    id,
    kind: z.enum(["photo"]),
    width: z.number().int(),
    height: z.number().int(),
    animated: z.boolean(),
    /** ThumbHash, base64, computed by the server (R22). */
    placeholder: z.string(),
    /** `list` for the conversation, `full` for the lightbox, `original` for download: coded pixels bit-exact, metadata removed. */
    renditions: z.object({ list: rendition, full: rendition, original: rendition }),
  })
  .meta({ id: "Media" });

/** `failed` carries the code of the refusal; nothing of the bytes is kept. */
export const mediaState = z
  .object({
    id,
    state: z.enum(["uploading", "processing", "ready", "failed"]),
    media: mediaView.optional(),
    error: z.object({ code: errorCode, detail: z.string() }).optional(),
  })
  .meta({ id: "MediaState" });

export const picture = z.object({ mediaId: id, url: z.string(), placeholder: z.string() }).meta({ id: "Picture" });

export const personBrief = z
  .object({
    id,
    username: z.string(),
    name: z.string(),
    picture: picture.nullable(),
    /** R18: the account is gone; what it wrote stays with whoever received it. */
    deleted: z.literal(true).optional(),
  })
  .meta({ id: "PersonBrief" });

export const relation = z
  .object({
    following: z.boolean(),
    followedBy: z.boolean(),
    /** Both follow each other (C3). */
    friends: z.boolean(),
    /** I blocked them. Whether they blocked me is told to nobody (R5). */
    blocked: z.boolean(),
  })
  .meta({ id: "Relation" });

export const profile = personBrief
  .extend({
    bio: z.string(),
    links: z.array(z.string()),
    followers: z.number().int(),
    following: z.number().int(),
    relation,
  })
  .meta({ id: "Profile" });

export const whoMayMessage = z.enum(["everyone", "friends", "no_one"]);

/** `22:00` in the person's own zone. */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** C7. Kinds, the ways they come by, and when not. */
export const notificationSettings = z
  .object({
    messages: z.boolean(),
    requests: z.boolean(),
    reactions: z.boolean(),
    mentions: z.boolean(),
    /** Whether what a message says may stand on a lock screen or in an e-mail (T32). */
    previews: z.boolean(),
    inApp: z.boolean(),
    push: z.boolean(),
    digest: z.enum(["off", "daily", "weekly"]),
    quietHours: z.object({ from: timeOfDay, to: timeOfDay }).nullable(),
  })
  .meta({ id: "NotificationSettings" });

export const settings = z
  .object({
    /** C4. */
    whoMayMessage,
    /** R1: exempts accepted conversations from the setting, both ways. */
    keepAcceptedOpen: z.boolean(),
    /** C8: off by default; each is seen by whoever shows theirs, and by nobody else. */
    readReceipts: z.boolean(),
    typing: z.boolean(),
    presence: z.boolean(),
    /** Enter sends and Shift+Enter breaks the line; false is the other way round. */
    enterSends: z.boolean(),
    /** An IANA zone: quiet hours and the digest go by it. */
    timeZone: z.string(),
    /** Null follows the device. */
    language: z.enum(languages).nullable(),
    notifications: notificationSettings,
  })
  .meta({ id: "Settings" });

export const emailView = z.object({ address: z.string(), verified: z.boolean() }).meta({ id: "Email" });

export const me = profile
  .extend({
    settings,
    administrator: z.boolean(),
    email: emailView.nullable(),
    /** For so long after sending, what a message says can be changed (R17); zero: not at all. */
    editWindowMinutes: z.number().int(),
  })
  .meta({ id: "Me" });

export const session = z
  .object({
    id,
    device: z.string(),
    createdAt: time,
    lastSeenAt: time,
    current: z.boolean(),
  })
  .meta({ id: "Session" });

/** What the server decides about my next message here (R1 to R5), and never the facts behind it. */
export const sendDecision = z
  .discriminatedUnion("allowed", [
    z.object({
      allowed: z.literal(true),
      /** `request`: text only, held apart until accepted. `acceptance`: answering accepts (R3). */
      as: z.enum(["message", "request", "acceptance"]),
    }),
    z.object({ allowed: z.literal(false), code: errorCode, detail: z.string(), retryAt: time.optional() }),
  ])
  .meta({ id: "SendDecision" });

/** The beginning of what a message answers. Of one that is gone, or that the reader may not see, only where it is. */
export const quote = z
  .object({
    messageId: id,
    seq,
    senderId: id.optional(),
    /** At most `quoteGraphemes`. */
    text: z.string().optional(),
    kind: z.enum(["text", "photo", "card", "view_once", "gone"]),
    /** ThumbHash of its first photo. */
    placeholder: z.string().optional(),
  })
  .meta({ id: "Quote" });

export const reaction = z
  .object({
    emoji: z.string(),
    count: z.number().int(),
    mine: z.boolean(),
    /** The first 20, in the order in which they reacted. */
    personIds: z.array(id),
  })
  .meta({ id: "Reaction" });

/** C21: made by the server; whoever reads it contacts nobody else. */
export const linkPreview = z
  .object({
    /** As it was written in the message. */
    url: z.string(),
    /** Where it leads, for people to read, punycode where letters could deceive: `a.example`, or `a.example → b.example`. */
    host: z.string(),
    title: z.string(),
    description: z.string(),
    siteName: z.string(),
    image: mediaView.nullable(),
  })
  .meta({ id: "LinkPreview" });

/** A tombstone (R9) keeps id, seq and sender; its text is empty, its media gone. */
export const message = z
  .object({
    id,
    conversationId: id,
    seq,
    change: seq,
    senderId: id,
    /** Only in what its own sender receives. */
    clientId: clientId.optional(),
    text: z.string(),
    media: z.array(mediaView),
    createdAt: time,
    unsentAt: time.nullable(),
    /** Its row is damaged: it stands here as far as it can be shown, its time may be the epoch. */
    damaged: z.literal(true).optional(),
    /** What is there only where it applies. */
    replyTo: quote.optional(),
    editedAt: time.optional(),
    /** A forward is a message of its own (R9). */
    forwarded: z.literal(true).optional(),
    /** Its sender forbids forwarding. */
    noForward: z.literal(true).optional(),
    /** Members who are named in it and told of it. */
    mentionIds: z.array(id).optional(),
    reactions: z.array(reaction).optional(),
    pinnedAt: time.optional(),
    preview: linkPreview.optional(),
    /** A profile, shared (C14). */
    card: personBrief.optional(),
    /** C19: text and media are not in here. `openedBy`: those who did; one who opened it has it nowhere any more. */
    viewOnce: z.object({ kind: z.enum(["photo", "text"]), openedBy: z.array(id), mayOpen: z.boolean() }).optional(),
    /** When it disappears. */
    expiresAt: time.optional(),
    /** Why it is a tombstone, where it was not unsent. */
    gone: z.enum(["expired", "opened"]).optional(),
  })
  .meta({ id: "Message" });

/** What is being written, on every device of mine. The later `writtenAt` wins. */
export const draft = z.object({ text: z.string(), replyToId: id.nullable(), writtenAt: time }).meta({ id: "Draft" });

export const conversation = z
  .object({
    id,
    kind: z.enum(["direct", "group"]),
    /** The others; never me. In a group at most 20 of them: who made it, then by when they were invited, whoever has accepted. */
    people: z.array(personBrief),
    /** Everybody in it, me and the invited included. */
    memberCount: z.number().int(),
    /** `hidden`: declined, left or deleted for me; clients drop it, and what they hold of it. */
    state: z.enum(["accepted", "request_sent", "request_received", "hidden"]),
    lastMessage: message.nullable(),
    lastSeq: seq,
    /** Grows with every mutation of the conversation; a client behind it pulls `messages.changes`. */
    change: seq,
    readSeq: seq,
    /** Capped at 100: shown as 99+ (R16). */
    unread: z.number().int().min(0).max(100),
    pinned: z.boolean(),
    archived: z.boolean(),
    mutedUntil: time.nullable(),
    activityAt: time,
    draft: draft.nullable(),
    /** How far the others have read, of those who show it and to whom I show it (C8). */
    receipts: z.array(z.object({ personId: id, readSeq: seq })),
    /** Messages that I deleted for me, ever; a client that knows of fewer asks `messages.listHidden` (R10). */
    hiddenCount: z.number().int(),
    /** New messages disappear after so long; null: they stay. */
    disappearAfterSeconds: z.number().int().nullable(),
  })
  .meta({ id: "Conversation" });

/** Pages are keyset; `next` is null on the last one. */
export function page<T extends z.ZodType>(items: T) {
  return z.object({ items: z.array(items), next: z.string().nullable() });
}
