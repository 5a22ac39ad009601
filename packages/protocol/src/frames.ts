import * as z from "zod";
import { commands } from "./commands.ts";
import { event } from "./events.ts";
import { id } from "./fields.ts";
import type { CommandName } from "./paths.ts";
import { problem } from "./views.ts";

/**
 * The socket's frames, JSON text. The client opens `/v1/socket?ticket=…&version=1`; the server says hello, then both talk.
 * Why it closes: `close-codes.ts`.
 */
const socketNames = Object.values(commands)
  .filter((one) => one.over === "both")
  .map((one) => one.name) as [CommandName, ...CommandName[]];

export const clientFrame = z.strictObject({
  /** Chosen by the client; the answer carries it. */
  id: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  command: z.enum(socketNames),
  /** An object; the command's own schema judges it. */
  input: z
    .unknown()
    .refine((input) => typeof input === "object" && input !== null && !Array.isArray(input), "must be an object")
    .default({}),
});

export const hello = z.object({
  hello: z.object({ version: z.number().int(), personId: id, sessionId: id, epoch: z.string(), now: z.iso.datetime() }),
});
export const okFrame = z.object({ id: z.number().int(), ok: z.unknown() });
export const errorFrame = z.object({ id: z.number().int().nullable(), error: problem });
export const serverFrame = z.union([hello, okFrame, errorFrame, event]);

export type ClientFrame = z.input<typeof clientFrame>;
export type Hello = z.output<typeof hello>;
