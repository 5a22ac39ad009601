import type { Command } from "@sotto/protocol/command.ts";
import { limits } from "@sotto/protocol/limits.ts";
import * as z from "zod";
import { Refusal, refuse } from "../errors.ts";

/**
 * One flat input from path, query (GET, DELETE) or body. A name may come from one place only: a body cannot overwrite
 * what the path says. The schema judges the values; the query's numbers and booleans are text until here.
 */
export async function readInput(
  command: Command,
  request: Request,
  path: Record<string, string>,
): Promise<Record<string, unknown> | Refusal> {
  const url = new URL(request.url);
  const hasBody = ["POST", "PUT", "PATCH"].includes(request.method);
  if (hasBody && url.search !== "")
    return refuse("invalid", { detail: "Here the input is in the body, not in the query." });
  const given = hasBody ? await readBody(request) : readQuery(command, url);
  if (given instanceof Refusal) return given;
  const twice = Object.keys(path).find((name) => Object.hasOwn(given, name));
  if (twice !== undefined)
    return refuse("invalid", { detail: "This is already in the address.", pointer: `/${twice}` });
  return { ...given, ...path };
}

function readQuery(command: Command, url: URL): Record<string, unknown> | Refusal {
  const input: Record<string, unknown> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(input, name)) return refuse("invalid", { detail: "This is given twice.", pointer: `/${name}` });
    Object.defineProperty(input, name, { value: fromText(command, name, value), enumerable: true });
  }
  return input;
}

/** Text as the schema's type, where it is one that text can stand for. */
function fromText(command: Command, name: string, value: string): unknown {
  const type = queryTypes(command).get(name);
  if (type === "number" && /^-?\d{1,16}$/.test(value)) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

const typesByCommand = new Map<string, Map<string, string>>();

function queryTypes(command: Command): Map<string, string> {
  const known = typesByCommand.get(command.name);
  if (known) return known;
  const types = new Map(
    Object.entries(command.input.shape).map(([name, schema]) => [name, innermost(schema as z.ZodType).type]),
  );
  typesByCommand.set(command.name, types);
  return types;
}

function innermost(schema: z.ZodType): z.core.$ZodTypeDef {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return innermost(schema.unwrap() as z.ZodType);
  return schema.def;
}

async function readBody(request: Request): Promise<Record<string, unknown> | Refusal> {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > limits.requestBytes) return tooLarge();
  const bytes = await readUpTo(request, limits.requestBytes);
  if (!bytes) return tooLarge();
  if (bytes.length === 0) return {};
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? ""))
    return refuse("invalid", { detail: "The body must be application/json." });
  try {
    const body: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Falls through: both are the same to the client.
  }
  return refuse("invalid", { detail: "The body must be a JSON object." });
}

/** Null when there is more; the length that was announced is not believed. */
async function readUpTo(request: Request, most: number): Promise<Uint8Array | null> {
  if (!request.body) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body) {
    size += part.length;
    if (size > most) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(): Refusal {
  return refuse("too_large", { detail: `A request may have ${limits.requestBytes} bytes.` });
}
