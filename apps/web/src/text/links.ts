/**
 * Splits text into plain parts and links (T20). Only http and https addresses become links, so no scheme that runs anything can
 * ever reach an `href`; the parts joined again are the text, unchanged.
 */
export type TextPart = { is: "text"; text: string } | { is: "link"; text: string; href: string };

/** Linear: one pass over the text, and each candidate ends at the first blank. */
const candidate = /(?<![\p{L}\p{N}:/@])https?:\/\/[^\s<>"'`]+/giu;
/** What a sentence puts after an address and does not belong to it. */
const closers = new Set([".", ",", ";", ":", "!", "?", "…", "»", "”", "’", "*", "_"]);

export function splitLinks(text: string): TextPart[] {
  // Nearly every message: the search itself would look behind each letter.
  if (!text.includes("://")) return text === "" ? [] : [{ is: "text", text }];
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(candidate)) {
    const shown = trimEnd(match[0]);
    const href = safeHref(shown);
    if (href === null) continue;
    if (match.index > from) parts.push({ is: "text", text: text.slice(from, match.index) });
    parts.push({ is: "link", text: shown, href });
    from = match.index + shown.length;
  }
  if (from < text.length) parts.push({ is: "text", text: text.slice(from) });
  return parts;
}

export function safeHref(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const named = url.protocol === "https:" || url.protocol === "http:";
  // A name before the host ("https://bank.example@evil.example") is there to deceive.
  return named && url.username === "" && url.password === "" && url.hostname !== "" ? url.href : null;
}

function trimEnd(text: string): string {
  let end = text.length;
  let open = count(text, "(") - count(text, ")");
  for (;;) {
    const last = text.charAt(end - 1);
    if (closers.has(last)) end -= 1;
    else if (last === ")" && open < 0) {
      end -= 1;
      open += 1;
    } else return text.slice(0, end);
  }
}

function count(text: string, character: string): number {
  let found = 0;
  for (const one of text) if (one === character) found += 1;
  return found;
}
