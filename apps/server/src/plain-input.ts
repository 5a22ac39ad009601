import type { CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";

/**
 * The contract's schemas judge all input. What comes for every message, and is plainly right, is recognised here without them
 * (0.2 µs for a frame and its send, 1.0 by zod): each function answers what its schema would, or null, and then the schema is
 * asked. `plain-input.test.ts` holds them together.
 */
export interface PlainFrame {
  id: number;
  command: CommandName;
  input: object;
}

/** Parsed JSON as `clientFrame` of the protocol takes it; only for sends. */
export function plainFrame(value: unknown): PlainFrame | null {
  if (!isObject(value) || countKeys(value) !== 3) return null;
  if (!("id" in value && "command" in value && "input" in value)) return null;
  const { id, command, input } = value;
  if (command !== "messages.send" || typeof id !== "number" || !Number.isSafeInteger(id) || id < 0) return null;
  return isObject(input) ? { id, command, input } : null;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const clientIdShape = new RegExp(`^[A-Za-z0-9_-]{1,${limits.clientIdChars}}$`);

/** A text message into a conversation. */
export function plainSend(value: unknown): CommandParsed<"messages.send"> | null {
  if (!isObject(value) || countKeys(value) !== 3) return null;
  if (!("conversationId" in value && "clientId" in value && "text" in value)) return null;
  const { conversationId, clientId, text } = value;
  if (typeof conversationId !== "string" || !uuid.test(conversationId)) return null;
  if (typeof clientId !== "string" || !clientIdShape.test(clientId)) return null;
  if (typeof text !== "string" || text.length > limits.textGraphemes) return null;
  if (!text.isWellFormed() || text.includes("\0")) return null;
  return { conversationId, clientId, text, mediaIds: [] };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function countKeys(value: object): number {
  let count = 0;
  for (const _ in value) count += 1;
  return count;
}
