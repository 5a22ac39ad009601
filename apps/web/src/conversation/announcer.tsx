import type { Message } from "@sotto/protocol/types.ts";
import { useState } from "react";
import type { Translate } from "../text/intl.tsx";
import { contentLine } from "./content-line.ts";

interface Spoken {
  seq: number;
  text: string;
  /** The wording that was read: another one is read once more. */
  editedAt: string | undefined;
}

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
  const line = (message: Message) => `${nameOf(message.senderId)}: ${contentLine(t, message)}`;
  const newest = live ? messages.at(-1) : undefined;
  const [spoken, setSpoken] = useState<Spoken>({ seq: newest?.seq ?? 0, text: "", editedAt: newest?.editedAt });
  const said = live ? messages.findLast(({ seq }) => seq === spoken.seq) : undefined;
  if (newest !== undefined && newest.seq > spoken.seq) {
    const silent = spoken.seq === 0 || newest.senderId === myId || newest.unsentAt !== null;
    setSpoken(spokenAs(newest, silent ? "" : line(newest)));
  } else if (said !== undefined && spoken.text !== "") {
    // What was taken back, or has disappeared, does not stand here either (R9), and nor does an earlier wording.
    if (said.unsentAt !== null) setSpoken(spokenAs(said, ""));
    else if (said.editedAt !== spoken.editedAt) setSpoken(spokenAs(said, line(said)));
  }
  return (
    <p role="log" aria-live="polite" className="sr-only">
      {spoken.text}
    </p>
  );
}

function spokenAs({ seq, editedAt }: Message, text: string): Spoken {
  return { seq, text, editedAt };
}
