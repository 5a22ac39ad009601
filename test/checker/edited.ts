/**
 * An edit keeps what the message said when it was sent and adds to it, so that the invariants still know it by its words:
 * everything before the mark.
 */
const mark = " (edited ";

export function editedText(text: string, count: number): string {
  return `${originalOf(text)}${mark}${count})`;
}

/** What the message said when it was sent. */
export function originalOf(text: string): string {
  const end = text.indexOf(mark);
  return end === -1 ? text : text.slice(0, end);
}
