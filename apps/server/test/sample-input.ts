import { createECDH, randomBytes } from "node:crypto";
import { commands } from "@sotto/protocol/commands.ts";
import type { Command } from "@sotto/protocol/command.ts";
import type { ErrorCode } from "@sotto/protocol/errors.ts";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import * as z from "zod";
import { hashPassword } from "../src/auth/passwords.ts";
import type { TestServer } from "../src/test-server.ts";
import { addPeople, addReadyPhotos, befriendAll, must, type Somebody } from "./api-kit.ts";

/** Every command with an input that works, made from the contract's own table: a new field without a value here fails. */

/** What belongs to somebody: a stranger may not so much as learn that it is there. */
export const ownedFields = [
  "conversationId",
  "messageId",
  "messageIds",
  "replyToId",
  "toConversationId",
  "mediaId",
  "mediaIds",
  "pictureMediaId",
  "sessionId",
] as const;

export interface Belongings {
  owner: Somebody;
  /** A friend of the owner's, with whom the conversation is. */
  friend: Somebody;
  conversationId: string;
  /** A group of the two. */
  groupId: string;
  /** Somebody's request that waits for the owner. */
  requestId: string;
  messageId: string;
  /** The friend's, in the group: the owner may open it once. */
  onceId: string;
  /** Ready, and in no message. */
  mediaId: string;
  /** Another session of the owner's. */
  sessionId: string;
}

let belongingsMade = 0;

export async function makeBelongings({ url, database }: Pick<TestServer, "url" | "database">): Promise<Belongings> {
  const [owner, friend, asker] = await addPeople(database, 3);
  if (!owner || !friend || !asker) throw new Error("too few people");
  belongingsMade += 1;
  await befriendAll(database.sql, [[owner, friend]]);
  const sent = await must(url, owner, "messages.sendToPerson", {
    personId: friend.id,
    clientId: `own${belongingsMade}`,
    text: canary,
  });
  const asked = await must(url, asker, "messages.sendToPerson", {
    personId: owner.id,
    clientId: `ask${belongingsMade}`,
    text: canary,
  });
  const group = await must(url, owner, "conversations.createGroup", {
    clientId: `group${belongingsMade}`,
    personIds: [friend.id],
  });
  const once = await must(url, friend, "messages.send", {
    conversationId: group.id,
    clientId: `once${belongingsMade}`,
    text: canary,
    viewOnce: true,
  });
  sampleHash ??= hashPassword(samplePassword);
  await database.sql`update people set password_hash = ${await sampleHash} where id = ${owner.id}`;
  const [mediaId = ""] = await addReadyPhotos(database.sql, [owner.id]);
  const sessionId = Bun.randomUUIDv7();
  await database.sql`
    insert into sessions (person_id, id, token_hash, device, created_at, last_seen_at)
    values (${owner.id}, ${sessionId}, ${Buffer.from(sessionId)}, ${canary}, now(), now())`;
  const { id: messageId, conversationId } = sent.message;
  const requestId = asked.message.conversationId;
  const [groupId, onceId] = [group.id, once.id];
  return { owner, friend, conversationId, groupId, requestId, messageId, onceId, mediaId, sessionId };
}

/** A point of P-256 and a secret, as a browser makes them. */
const samplePushKeys = {
  p256dh: createECDH("prime256v1").generateKeys("base64url"),
  auth: randomBytes(16).toString("base64url"),
};
const samplePassword = "a long enough password";
let sampleHash: Promise<string> | undefined;

/** What the sample of a command comes to where it cannot work: no mail server, no letter whose link could be followed. */
export const refusedSamples: Partial<Record<CommandName, ErrorCode>> = {
  "me.setEmail": "no_mail",
  "auth.requestRecovery": "no_mail",
  "auth.recover": "expired",
  "me.verifyEmail": "expired",
};

/** After these the one who asked is nobody any more. */
export const endsCaller: ReadonlySet<CommandName> = new Set<CommandName>(["auth.signOut", "me.delete"]);

/** In every private text of a test's world: an answer that holds it told something. */
export const canary = "canary-5b1d";

let clientIds = 0;

/** A value for each field of each command, as if `of` were the caller's own. */
export function sampleInput(name: CommandName, of: Belongings): Record<string, unknown> {
  clientIds += 1;
  const values: Record<string, unknown> = {
    conversationId: conversationFor(name, of),
    messageId: name.endsWith("Once") ? of.onceId : of.messageId,
    mediaId: of.mediaId,
    mediaIds: [of.mediaId],
    pictureMediaId: of.mediaId,
    sessionId: of.sessionId,
    personId: of.friend.id,
    personIds: [of.friend.id],
    username: usernameFor(name, of),
    password: samplePassword,
    newPassword: "another long password",
    kind: "text",
    from: "2020-01-01T00:00:00.000Z",
    to: "2100-01-01T00:00:00.000Z",
    endpoint: "https://push.example.org/send/sample",
    keys: samplePushKeys,
    usernameOrEmail: of.owner.username,
    address: "somebody@example.org",
    token: "x".repeat(43),
    credential: "bearer",
    device: "a device",
    clientId: `sample-${clientIds}`,
    text: "sample",
    name: "Sample",
    bio: "sample",
    links: ["https://example.org/"],
    query: "sample",
    // Refused before anything is asked of it.
    url: "http://127.0.0.1:9/",
    previewId: Bun.randomUUIDv7(),
    folder: "inbox",
    limit: 50,
    seq: 1,
    before: 100,
    after: 0,
    pinned: false,
    archived: false,
    mutedUntil: null,
    whoMayMessage: "everyone",
    keepAcceptedOpen: false,
    messageIds: [of.messageId],
    replyToId: of.messageId,
    toConversationId: of.conversationId,
    mentionIds: [of.friend.id],
    cardPersonId: of.friend.id,
    viewOnce: false,
    noForward: false,
    emoji: "👍",
    around: 1,
    readReceipts: true,
    typing: true,
    presence: true,
    enterSends: true,
    timeZone: "Europe/Berlin",
    language: null,
    notifications: { previews: false },
    writtenAt: new Date().toISOString(),
    afterSeconds: 3_600,
  };
  const input: Record<string, unknown> = {};
  for (const field of fieldsOf(name)) {
    // Cursors come from earlier answers; a list's beginning needs none. A forward goes to one of the two.
    if (field === "cursor" || field === "toPersonId") continue;
    if (!(field in values))
      throw new Error(`${name} has a field that no test knows: give ${field} a value in sample-input.ts`);
    input[field] = values[field];
  }
  return input;
}

/** Has a real password, once a test signs them up: `signUp(url, signedUp)`. */
export const signedUp = "signed.up";

function conversationFor(name: CommandName, of: Belongings): string {
  if (name === "conversations.leave" || name.endsWith("Once")) return of.groupId;
  return name.startsWith("requests.") ? of.requestId : of.conversationId;
}

function usernameFor(name: CommandName, of: Belongings): string {
  if (name === "auth.signUp") return `sample.${clientIds}`;
  return name === "auth.signIn" ? signedUp : of.friend.username;
}

export function fieldsOf(name: CommandName): string[] {
  return Object.keys(commands[name].input.shape);
}

export const commandNames = Object.keys(paths) as CommandName[];

export function commandOf(name: CommandName): Command {
  return commands[name];
}

export function methodOf(name: CommandName): string {
  return paths[name].split(" ")[0] ?? "";
}

/** Strings and numbers, through what wraps them. */
export function kindOf(name: CommandName, field: string): "string" | "number" | "other" {
  let schema = commandOf(name).input.shape[field] as z.ZodType;
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    schema = schema.unwrap() as z.ZodType;
  if (schema instanceof z.ZodNumber) return "number";
  return schema instanceof z.ZodString || schema instanceof z.ZodEnum || schema.def.type === "string"
    ? "string"
    : "other";
}

/** Every way to leave out at least none and take at least one. */
export function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length - 1 }, (_, bits) =>
    items.filter((_item, place) => ((bits + 1) >> place) & 1),
  );
}
