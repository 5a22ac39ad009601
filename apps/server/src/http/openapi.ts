import { commands } from "@sotto/protocol/commands.ts";
import type { Command } from "@sotto/protocol/command.ts";
import type { ErrorCode } from "@sotto/protocol/errors.ts";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import { problem } from "@sotto/protocol/views.ts";
import * as z from "zod";
import { createdBy } from "./command-routes.ts";
import { byteRoutes } from "./openapi-bytes.ts";
import { errorResponses } from "./openapi-errors.ts";

type Json = Record<string, unknown>;

/** OpenAPI 3.1 from the schemas that also parse: every route, every error code. */
export function openApiDocument(): Json {
  const routes: Record<string, Json> = {};
  for (const [name, route] of Object.entries(paths) as [CommandName, string][]) {
    const [method = "", path = ""] = route.split(" ");
    routes[path] = { ...routes[path], [method.toLowerCase()]: operation(commands[name], method, path) };
  }
  for (const [path, methods] of Object.entries(byteRoutes)) routes[path] = { ...routes[path], ...methods };
  return {
    openapi: "3.1.0",
    info: {
      title: "Sotto",
      version: "1.0.0",
      summary: "Direct messages that somebody can own.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { cookie: [] }],
    paths: routes,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "The token of a session, returned once by sign-up and sign-in.",
        },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: "sotto",
          description: "The web app's session; unsafe requests need our own Origin.",
        },
      },
      schemas: { Problem: { ...schemaOf(problem, "output"), description: "RFC 9457 problem details." } },
    },
  };
}

function operation(command: Command, method: string, path: string): Json {
  const input = schemaOf(command.input, "input");
  const properties = input["properties"] as Record<string, Json>;
  const required = new Set((input["required"] ?? []) as string[]);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  const inQuery = method === "GET" || method === "DELETE" ? rest : [];
  const inBody = inQuery.length > 0 ? [] : rest;
  const body = {
    type: "object",
    properties: pick(properties, inBody),
    required: inBody.filter((name) => required.has(name)),
    additionalProperties: false,
  };
  return {
    operationId: command.name,
    summary: command.summary,
    ...(command.auth === "none" && { security: [] }),
    parameters: [
      ...inPath.map((name) => ({ name, in: "path", required: true, schema: properties[name] })),
      ...inQuery.map((name) => ({ name, in: "query", required: required.has(name), schema: properties[name] })),
    ],
    ...(inBody.length > 0 && {
      requestBody: { required: body.required.length > 0, content: { "application/json": { schema: body } } },
    }),
    responses: { ...success(command), ...errorResponses(errorsOf(command)) },
  };
}

function success(command: Command): Json {
  const status = createdBy(command.name) ? "201" : "200";
  return {
    [status]: { description: "Done.", content: { "application/json": { schema: schemaOf(command.output, "output") } } },
  };
}

/** What every command can meet, and its own. */
export function errorsOf(command: Command): ErrorCode[] {
  const always: ErrorCode[] = ["invalid", "origin_refused", "too_large", "internal", "unavailable", "storage_full"];
  const session: ErrorCode[] = command.auth === "session" ? ["unauthenticated"] : [];
  const limited: ErrorCode[] = command.limit === undefined ? [] : ["rate_limited"];
  return [...new Set([...command.errors, ...session, ...limited, ...always])];
}

function pick(properties: Record<string, Json>, names: readonly string[]): Record<string, Json> {
  return Object.fromEntries(names.flatMap((name) => (properties[name] ? [[name, properties[name]]] : [])));
}

/**
 * Inlined: zod's shared definitions would point outside of the document. Inputs are strict; an answer may get new keys, which
 * clients ignore, so its schema does not forbid them.
 */
function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    reused: "inline",
    override: ({ jsonSchema }) => void (io === "output" && delete jsonSchema.additionalProperties),
  }) as Json;
  return inlineDefinitions(json);
}

function inlineDefinitions(json: Json): Json {
  const definitions = (json["$defs"] ?? {}) as Record<string, Json>;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    const { $ref, $defs: _defs, ...rest } = value as Json;
    const target = typeof $ref === "string" ? definitions[$ref.replace("#/$defs/", "")] : undefined;
    // A schema's own `id` is text and names nothing here; a property that is called `id` is a schema.
    const open = Object.entries({ ...target, ...rest }).filter(
      ([key, inner]) => key !== "id" || typeof inner !== "string",
    );
    return Object.fromEntries(open.map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(json) as Json;
}
