/**
 * The text of a page, whatever it was written in: by its byte order mark, the answer's header, or the first kilobyte's `<meta>`,
 * in this order (HTML's own). What names no encoding, or none that there is, is read as UTF-8.
 */
export function decodePage(bytes: Uint8Array, contentType: string | undefined): string {
  const label = byMark(bytes) ?? charsetIn(contentType) ?? byMeta(bytes) ?? "utf-8";
  return (decoderOf(label) ?? new TextDecoder()).decode(bytes);
}

function decoderOf(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    // A label that names no encoding is a RangeError.
    return null;
  }
}

function byMark(bytes: Uint8Array): string | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0xff && second === 0xfe ? "utf-16le" : null;
}

const charset = /charset\s*=\s*["']?\s*([\w.:-]{1,40})/i;
const metaBytes = 4_096;

function charsetIn(text: string | undefined): string | null {
  return charset.exec(text ?? "")?.[1] ?? null;
}

function byMeta(bytes: Uint8Array): string | null {
  const beginning = new TextDecoder("latin1").decode(bytes.subarray(0, metaBytes));
  const meta = /<meta[^>]{0,500}charset[^>]{0,100}/i.exec(beginning)?.[0];
  const label = charsetIn(meta);
  // Whoever could write this in UTF-16 did not write it in UTF-16.
  return label !== null && /^utf-?16/i.test(label) ? "utf-8" : label;
}
