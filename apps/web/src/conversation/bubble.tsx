import type { ReactNode } from "react";
import { classes } from "../controls/classes.ts";

interface Props {
  mine: boolean;
  first: boolean;
  last: boolean;
  /** A photo reaches the bubble's edge; words keep their distance. */
  flush?: boolean;
  faded?: boolean;
  /** On a sunken ground, where the usual grey would vanish. */
  raised?: boolean;
  children: ReactNode;
}

/** Round where a group begins and ends, tight where two of one sender meet. */
export function Bubble({ mine, first, last, flush = false, faded = false, raised = false, children }: Props) {
  return (
    <div
      className={classes(
        "w-fit max-w-full overflow-hidden",
        flush ? "rounded-media" : "rounded-bubble",
        mine ? "bg-accent text-accent-ink" : raised ? "bg-raised text-ink" : "bg-theirs text-ink",
        mine && !first && "rounded-se-joint",
        mine && !last && "rounded-ee-joint",
        !mine && !first && "rounded-ss-joint",
        !mine && !last && "rounded-es-joint",
        faded && "opacity-70",
      )}
    >
      {children}
    </div>
  );
}
