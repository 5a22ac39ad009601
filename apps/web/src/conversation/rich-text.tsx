import { useMemo } from "react";
import { splitLinks } from "../text/links.ts";

/** Text is text (T20): parts become React text nodes, and only http and https addresses become links. */
export function RichText({ text }: { text: string }) {
  const parts = useMemo(() => splitLinks(text), [text]);
  return (
    <span className="wrap-text" dir="auto">
      {parts.map((part, at) =>
        part.is === "text" ? (
          part.text
        ) : (
          <a
            key={at}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer"
            className="underline underline-offset-2"
          >
            {part.text}
          </a>
        ),
      )}
    </span>
  );
}

/** One to three emoji and nothing else are shown large, without a bubble. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 40 && /^(?:\p{RGI_Emoji}){1,3}$/v.test(text);
}
