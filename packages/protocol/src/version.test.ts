import { createHash } from "node:crypto";
import { expect, test } from "bun:test";
import * as z from "zod";
import { commands } from "./commands.ts";
import type { Command } from "./command.ts";
import { closeCodes } from "./close-codes.ts";
import { errorCodes } from "./errors.ts";
import { event } from "./events.ts";
import { clientFrame, serverFrame } from "./frames.ts";
import { paths } from "./paths.ts";
import { protocolVersion, schemasHash, supportedVersions } from "./version.ts";

test("a change of the wire comes with its version", () => {
  const found = hashOfTheWire();
  if (found !== schemasHash) {
    throw new Error(
      `The schemas changed: their hash is ${found}, version.ts says ${schemasHash} for version ${protocolVersion}. ` +
        "If clients of this version would not understand the change, raise protocolVersion and keep the last one in supportedVersions. " +
        "If it only adds what clients ignore, the version may stay. In both cases write the new hash.",
    );
  }
});

test("the hash sees every part of the wire", () => {
  const parts = wire() as Record<string, unknown>;
  for (const key of Object.keys(parts)) {
    const changed = JSON.stringify({ ...parts, [key]: "changed" });
    expect(hash(changed)).not.toBe(hashOfTheWire());
  }
  const renamed = JSON.stringify(parts).replace('"clientId"', '"clientKey"');
  expect(hash(renamed)).not.toBe(hashOfTheWire());
});

test("the server speaks this version, and at most the one before", () => {
  expect(supportedVersions).toContain(protocolVersion);
  for (const version of supportedVersions) expect([protocolVersion, protocolVersion - 1]).toContain(version);
});

function hashOfTheWire(): string {
  return hash(JSON.stringify(wire()));
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function wire(): unknown {
  return {
    frames: [schema(clientFrame, "input"), schema(serverFrame, "output")],
    events: schema(event, "output"),
    commands: Object.values(commands as Record<string, Command>).map(({ name, auth, over, input, output, errors }) => ({
      name,
      path: paths[name],
      auth,
      over,
      input: schema(input, "input"),
      output: schema(output, "output"),
      errors,
    })),
    errorCodes: Object.entries(errorCodes).map(([code, { status, action }]) => [code, status, action]),
    closeCodes,
  };
}

/** Words for people may change: the wire does not. */
function schema(type: z.ZodType, io: "input" | "output"): unknown {
  const json = z.toJSONSchema(type, { io, unrepresentable: "any" });
  return JSON.parse(
    JSON.stringify(json, (key, value) => (key === "description" && typeof value === "string" ? undefined : value)),
  );
}
