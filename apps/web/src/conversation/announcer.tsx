import type { Message } from "@sotto/protocol/types.ts";
import { useState } from "react";
import type { Translate } from "../text/intl.tsx";
import { contentLine } from "./content-line.ts";

interface Props {
  messages: readonly Message[];
  myId: string;
  nameOf: (senderId: string) => string;
  /** The messages reach the conversation's end: what is newest among them is new. */
  live: boolean;
  t: Translate;
}

/** Reads a message aloud that arrives while the conversation is open; the list itself is silent when it is scrolled. */
export function Announcer({ messages, myId, nameOf, live, t }: Props) {
  const newest = live ? messages.at(-1) : undefined;
  const [spoken, setSpoken] = useState({ seq: newest?.seq ?? 0, text: "" });
  if (newest !== undefined && newest.seq > spoken.seq) {
    const first = spoken.seq === 0;
    const silent = first || newest.senderId === myId || newest.unsentAt !== null;
    setSpoken({
      seq: newest.seq,
      text: silent ? "" : `${nameOf(newest.senderId)}: ${contentLine(t, newest)}`,
    });
  }
  // What was taken back, or has disappeared, does not stand here either (R9).
  const gone = spoken.text !== "" && messages.findLast(({ seq }) => seq === spoken.seq)?.unsentAt !== null;
  if (gone && live) setSpoken({ seq: spoken.seq, text: "" });
  return (
    <p role="log" aria-live="polite" className="sr-only">
      {spoken.text}
    </p>
  );
}
