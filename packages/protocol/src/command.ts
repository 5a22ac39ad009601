import type * as z from "zod";
import type { ErrorCode } from "./errors.ts";
import type { CommandName } from "./paths.ts";

/**
 * One thing a client can ask for, over HTTP and over the socket alike.
 * The input is one flat object: over HTTP its keys come from the path, then the query (GET, DELETE) or the body.
 */
export interface Command {
  name: CommandName;
  summary: string;
  auth: "none" | "session";
  /** `http` commands set cookies or move bytes and are not on the socket. */
  over: "both" | "http";
  input: z.ZodObject;
  output: z.ZodType;
  /** Beyond the ones that every command can meet. */
  errors: readonly ErrorCode[];
  /** The limit that guards it, by its name in the server's `limits.ts`. */
  limit?: string;
}

export function command<const C extends Command>(definition: C): C {
  return definition;
}
