export type MentionPart = { is: "text"; text: string } | { is: "mention"; text: string; username: string };

/** A name begins a word, and ends before a full stop: "ask @ines." names ines. */
const named = /(?<![\p{L}\p{N}_@])@([a-z0-9_](?:[a-z0-9_.]*[a-z0-9_])?)/giu;

/** Parts a text where it names one of these people by @username. Others who look named are text. */
export function splitMentions(text: string, usernames: ReadonlySet<string>): MentionPart[] {
  const parts: MentionPart[] = [];
  let from = 0;
  for (const match of text.matchAll(named)) {
    const username = match[1]?.toLowerCase() ?? "";
    if (!usernames.has(username)) continue;
    if (match.index > from) parts.push({ is: "text", text: text.slice(from, match.index) });
    parts.push({ is: "mention", text: match[0], username });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ is: "text", text: text.slice(from) });
  return parts;
}
