/** Keyset cursors are opaque to clients: a JSON array, base64url. They come back from clients, so each part is checked. */
export function encodeCursor(parts: readonly (string | number | boolean)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

type Part = "id" | "time" | "text" | "number" | "boolean";
type PartType<P extends Part> = P extends "number" ? number : P extends "boolean" ? boolean : string;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const checks: Record<Part, (part: unknown) => boolean> = {
  id: (part) => typeof part === "string" && uuid.test(part),
  time: (part) => typeof part === "string" && /^(?!0000)\d{4}-/.test(part) && isOwnTime(part),
  text: (part) => typeof part === "string" && part.isWellFormed() && !part.includes("\0"),
  number: (part) => Number.isSafeInteger(part),
  boolean: (part) => typeof part === "boolean",
};

/** As `toISOString` writes it, or with microseconds: JavaScript reads dates that the database does not. */
function isOwnTime(text: string): boolean {
  const millis = text.replace(/(\.\d{3})\d{3}Z$/, "$1Z");
  const ms = Date.parse(millis);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === millis;
}

/** The parts, or null when this is no cursor of ours of that shape. */
export function decodeCursor<const S extends readonly Part[]>(
  cursor: string,
  shape: S,
): { [I in keyof S]: PartType<S[I]> } | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (!Array.isArray(parts) || parts.length !== shape.length) return null;
    if (!shape.every((part, index) => checks[part](parts[index]))) return null;
    return parts as { [I in keyof S]: PartType<S[I]> };
  } catch {
    return null;
  }
}
