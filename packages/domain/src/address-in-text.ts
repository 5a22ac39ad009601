/** As clients find links in a text: each begins with its scheme, and ends at the first blank or quote. Linear (T28). */
const address = /https?:\/\/[^\s<>"'`]+/giu;
/** What a sentence puts after an address. */
const after = /^[.,;:!?…»”’*_)]*$/u;

/**
 * Whether a web address stands in a text as one of its links, and not as a part of another: `https://bank.example` does in
 * "see https://bank.example.", and neither in `https://bank.example.evil.example` nor in `https://evil.example/?https://bank.example`.
 * A preview of it beside one of those would lend it the other's face (T21).
 */
export function standsInText(url: string, text: string): boolean {
  for (const [found] of text.matchAll(address))
    if (found.startsWith(url) && after.test(found.slice(url.length))) return true;
  return false;
}
