import * as z from "zod";
import { limits } from "./limits.ts";

/** Fields that more than one command uses. Strings are checked for NUL and lone surrogates here, once (T27). */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Counts user-perceived characters, and stops counting at `most + 1` (T28). */
export function countGraphemes(text: string, most: number): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) {
    count += 1;
    if (count > most) break;
  }
  return count;
}

/** A string PostgreSQL can store and every client can show: well-formed UTF-16, no NUL. */
export const wellFormed = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes("\0"), "must be well-formed text without NUL");

/** Text of at most `graphemes` characters; the bytes bound combining marks. */
export function textUpTo(graphemes: number, bytes = graphemes * 16) {
  return wellFormed.refine(
    (text) =>
      text.length <= graphemes || (Buffer.byteLength(text) <= bytes && countGraphemes(text, graphemes) <= graphemes),
    `must have at most ${graphemes} characters`,
  );
}

/** Marks that turn the direction of what follows: in a name they could make it read as another (T21). */
const bidiControls = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/;

/** A name that others see: one line, something visible, nothing that turns the text around it. */
export const displayName = textUpTo(limits.nameGraphemes)
  .refine((text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text), "must have something to read")
  .refine(
    (text) => !/[\r\n\t\v\f\u2028\u2029]/.test(text) && !bidiControls.test(text),
    "must be one line of plain text",
  );

/** In lower case from here on: ids are compared as text. */
export const id = z.uuid().toLowerCase().meta({ description: "A UUID." });
/** Year 0 is none of PostgreSQL's. */
export const time = z.iso
  .datetime()
  .max(40)
  .refine((text) => !text.startsWith("0000"), "must be a date of our time")
  .meta({ description: "RFC 3339, UTC, from the server's clock." });
export const username = z
  .string()
  .regex(
    new RegExp(`^(?=.*[a-z0-9])[a-z0-9._]{${limits.usernameMinChars},${limits.usernameMaxChars}}$`),
    `must have ${limits.usernameMinChars} to ${limits.usernameMaxChars} lower-case letters, digits, dots or underscores`,
  );
export const clientId = z
  .string()
  .regex(new RegExp(`^[A-Za-z0-9_-]{1,${limits.clientIdChars}}$`))
  .meta({
    description: "Chosen by the client, once per message; a repeated send with it returns the first result (R13).",
  });
export const cursor = z
  .string()
  .min(1)
  .max(limits.cursorChars)
  .meta({ description: "Opaque; from an earlier answer." });
export const pageLimit = z.number().int().min(1).max(limits.pageMax).optional();
export const seq = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const empty = z.strictObject({});
