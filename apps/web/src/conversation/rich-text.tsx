import { useMemo } from "react";
import { Link } from "wouter";
import { splitLinks } from "../text/links.ts";
import { splitMentions } from "./mentions.ts";
import { useSenders } from "./use-senders.ts";

interface Props {
  text: string;
  /** Members who are named in it: their names lead to them. */
  mentionIds?: readonly string[] | undefined;
}

/** Words that run their own way among others, line by line. */
export function RichText(props: Props) {
  return (
    <span className="plain-words wrap-text">
      <RichParts {...props} />
    </span>
  );
}

/** Text is text (T20): parts become React text nodes, and only http and https addresses become links. */
export function RichParts({ text, mentionIds }: Props) {
  const parts = useMemo(() => splitLinks(text), [text]);
  return parts.map((part, at) =>
    part.is === "text" ? (
      mentionIds === undefined ? (
        part.text
      ) : (
        <Words key={at} text={part.text} mentionIds={mentionIds} />
      )
    ) : (
      <a key={at} href={part.href} target="_blank" rel="noopener noreferrer" className="underline underline-offset-2">
        {part.text}
      </a>
    ),
  );
}

function Words({ text, mentionIds }: { text: string; mentionIds: readonly string[] }) {
  const { person } = useSenders();
  const usernames = new Set(mentionIds.map((id) => person(id)?.username ?? ""));
  return splitMentions(text, usernames).map((part, at) =>
    part.is === "text" ? (
      part.text
    ) : (
      <Link key={at} href={`/people/${part.username}`} className="rounded-[4px] font-semibold hover:underline">
        {part.text}
      </Link>
    ),
  );
}

/** One to three emoji and nothing else are shown large, without a bubble. */
export function isEmojiOnly(text: string): boolean {
  // No emoji is of ASCII alone, and most texts are: the dear question is asked of few.
  return text.length <= 40 && /[^ -~]/u.test(text) && /^(?:\p{RGI_Emoji}){1,3}$/v.test(text);
}
