import type { ReactNode } from "react";
import { classes } from "../controls/classes.ts";

export interface BubbleLook {
  mine: boolean;
  first: boolean;
  last: boolean;
  /** A photo reaches the bubble's edge; words keep their distance. */
  flush?: boolean;
  faded?: boolean;
  /** On a sunken ground, where the usual grey would vanish. */
  raised?: boolean;
}

/** Round where a group begins and ends, tight where two of one sender meet. */
export function Bubble({ children, ...look }: BubbleLook & { children: ReactNode }) {
  return <div className={classes("w-fit max-w-full overflow-hidden", bubbleLook(look))}>{children}</div>;
}

/** Its colours and corners, for what is a bubble without a box around it. */
export function bubbleLook({ mine, first, last, flush = false, faded = false, raised = false }: BubbleLook): string {
  return classes(
    flush ? "rounded-media" : "rounded-bubble",
    mine ? "bg-accent text-accent-ink" : raised ? "bg-raised text-ink" : "bg-theirs text-ink",
    mine && !first && "rounded-se-joint",
    mine && !last && "rounded-ee-joint",
    !mine && !first && "rounded-ss-joint",
    !mine && !last && "rounded-es-joint",
    faded && "opacity-70",
  );
}
