/**
 * Who may message whom, written by hand from the rules R1 to R5 (product.md, packages/domain/SPEC.md): not computed by
 * anything. A grid has three lines, one for each setting of the sender (everyone, friends, no one). A line has three groups, one
 * for each setting of the receiver in the same order. A group has four letters, one for each relation: none, the sender
 * follows, the receiver follows, friends.
 *
 * M a message · R a request · A accepts (the conversation opens) · W request_waiting · X not_accepting
 * O own_setting_closed · B blocked_by_you · T request_text_only
 */
export type Standing =
  | "none"
  | "accepted"
  | "pending"
  | "declined"
  | "pending, cooled down"
  | "declined, cooled down"
  | "their request waits"
  | "their request was declined";

/** Who keeps accepted conversations open: nobody, the sender, the receiver, both. */
export type Keeps = "nobody" | "sender" | "receiver" | "both";
export type Blocks = "nobody" | "sender" | "receiver" | "both";
export type Content = "text" | "photo";

export interface Grid {
  standing: Standing;
  blocks: Blocks;
  /** The grid holds for each of these. */
  keeps: readonly Keeps[];
  contents: readonly Content[];
  lines: readonly [string, string, string];
}

const both: readonly Content[] = ["text", "photo"];
/** Keeping open matters for accepted conversations only: elsewhere the two ends of it are tried. */
const elsewhere: readonly Keeps[] = ["nobody", "both"];
const any: readonly Keeps[] = ["nobody", "sender", "receiver", "both"];

const blocking = ["BBBB BBBB BBBB", "BBBB BBBB BBBB", "BBBB BBBB BBBB"] as const;
const blocked = ["XXXX XXXX XXXX", "OOOX OOOX OOOX", "OOOO OOOO OOOO"] as const;
const waiting = ["WWWA XXXA XXXX", "OOOA OOOA OOOX", "OOOO OOOO OOOO"] as const;
const answering = ["AAAA XXXA XXXX", "OOOA OOOA OOOX", "OOOO OOOO OOOO"] as const;
const anew = ["RRRA XXXA XXXX", "OOOA OOOA OOOX", "OOOO OOOO OOOO"] as const;
const anewWithPhoto = ["TTTA XXXA XXXX", "OOOA OOOA OOOX", "OOOO OOOO OOOO"] as const;

export const grids: readonly Grid[] = [
  // No conversation yet: friends begin one, strangers send a request, of text.
  {
    standing: "none",
    blocks: "nobody",
    keeps: elsewhere,
    contents: ["text"],
    lines: ["RRRM XXXM XXXX", "OOOM OOOM OOOX", "OOOO OOOO OOOO"],
  },
  {
    standing: "none",
    blocks: "nobody",
    keeps: elsewhere,
    contents: ["photo"],
    lines: ["TTTM XXXM XXXX", "OOOM OOOM OOOX", "OOOO OOOO OOOO"],
  },
  { standing: "none", blocks: "sender", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "none", blocks: "receiver", keeps: elsewhere, contents: both, lines: blocked },
  { standing: "none", blocks: "both", keeps: elsewhere, contents: both, lines: blocking },

  // An old conversation: the present settings of both decide (R1, R2), unless their holder keeps it open.
  {
    standing: "accepted",
    blocks: "nobody",
    keeps: ["nobody"],
    contents: both,
    lines: ["MMMM XXXM XXXX", "OOOM OOOM OOOX", "OOOO OOOO OOOO"],
  },
  {
    standing: "accepted",
    blocks: "nobody",
    keeps: ["sender"],
    contents: both,
    lines: ["MMMM XXXM XXXX", "MMMM XXXM XXXX", "MMMM XXXM XXXX"],
  },
  {
    standing: "accepted",
    blocks: "nobody",
    keeps: ["receiver"],
    contents: both,
    lines: ["MMMM MMMM MMMM", "OOOM OOOM OOOM", "OOOO OOOO OOOO"],
  },
  {
    standing: "accepted",
    blocks: "nobody",
    keeps: ["both"],
    contents: both,
    lines: ["MMMM MMMM MMMM", "MMMM MMMM MMMM", "MMMM MMMM MMMM"],
  },
  { standing: "accepted", blocks: "sender", keeps: any, contents: both, lines: blocking },
  { standing: "accepted", blocks: "receiver", keeps: ["nobody", "receiver"], contents: both, lines: blocked },
  {
    standing: "accepted",
    blocks: "receiver",
    keeps: ["sender", "both"],
    contents: both,
    lines: ["XXXX XXXX XXXX", "XXXX XXXX XXXX", "XXXX XXXX XXXX"],
  },
  { standing: "accepted", blocks: "both", keeps: any, contents: both, lines: blocking },

  // The sender's request waits, or was declined without a word: the sender meets the same in both (R4).
  { standing: "pending", blocks: "nobody", keeps: elsewhere, contents: both, lines: waiting },
  { standing: "pending", blocks: "sender", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "pending", blocks: "receiver", keeps: elsewhere, contents: both, lines: blocked },
  { standing: "pending", blocks: "both", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "declined", blocks: "nobody", keeps: elsewhere, contents: both, lines: waiting },
  { standing: "declined", blocks: "sender", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "declined", blocks: "receiver", keeps: elsewhere, contents: both, lines: blocked },
  { standing: "declined", blocks: "both", keeps: elsewhere, contents: both, lines: blocking },

  // After the cool-down one new message, of text again.
  { standing: "pending, cooled down", blocks: "nobody", keeps: elsewhere, contents: ["text"], lines: anew },
  { standing: "pending, cooled down", blocks: "nobody", keeps: elsewhere, contents: ["photo"], lines: anewWithPhoto },
  { standing: "pending, cooled down", blocks: "sender", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "pending, cooled down", blocks: "receiver", keeps: elsewhere, contents: both, lines: blocked },
  { standing: "pending, cooled down", blocks: "both", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "declined, cooled down", blocks: "nobody", keeps: elsewhere, contents: ["text"], lines: anew },
  { standing: "declined, cooled down", blocks: "nobody", keeps: elsewhere, contents: ["photo"], lines: anewWithPhoto },
  { standing: "declined, cooled down", blocks: "sender", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "declined, cooled down", blocks: "receiver", keeps: elsewhere, contents: both, lines: blocked },
  { standing: "declined, cooled down", blocks: "both", keeps: elsewhere, contents: both, lines: blocking },

  // The other's request waits, or the sender declined it: answering accepts.
  { standing: "their request waits", blocks: "nobody", keeps: elsewhere, contents: both, lines: answering },
  { standing: "their request waits", blocks: "sender", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "their request waits", blocks: "receiver", keeps: elsewhere, contents: both, lines: blocked },
  { standing: "their request waits", blocks: "both", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "their request was declined", blocks: "nobody", keeps: elsewhere, contents: both, lines: answering },
  { standing: "their request was declined", blocks: "sender", keeps: elsewhere, contents: both, lines: blocking },
  { standing: "their request was declined", blocks: "receiver", keeps: elsewhere, contents: both, lines: blocked },
  { standing: "their request was declined", blocks: "both", keeps: elsewhere, contents: both, lines: blocking },
];

export const settingNames = ["everyone", "friends", "no_one"] as const;
export const relationNames = ["none", "sender follows", "receiver follows", "friends"] as const;

export interface Row {
  name: string;
  grid: Grid;
  keeps: Keeps;
  content: Content;
  sender: (typeof settingNames)[number];
  receiver: (typeof settingNames)[number];
  relation: (typeof relationNames)[number];
  /** The letter. */
  expected: string;
}

export function rows(): Row[] {
  return grids.flatMap((grid) =>
    grid.keeps.flatMap((keeps) =>
      grid.contents.flatMap((content) =>
        settingNames.flatMap((sender, line) =>
          settingNames.flatMap((receiver, group) =>
            relationNames.map((relation, place) => {
              const expected = grid.lines[line]?.split(" ")[group]?.[place] ?? "?";
              const name = `${grid.standing}; blocks: ${grid.blocks}; keeps: ${keeps}; ${content}; ${sender} to ${receiver}; relation ${relation}`;
              return { name, grid, keeps, content, sender, receiver, relation, expected };
            }),
          ),
        ),
      ),
    ),
  );
}
