import { Suspense } from "react";
import { Spinner } from "../controls/spinner.tsx";
import { part } from "../controls/part.tsx";

const Grid = part(async () => (await import("./emoji-grid.tsx")).EmojiGrid);

export interface EmojiPickerProps {
  /** The emoji in the chosen skin tone. The picker stays: close it around this, or let several be picked. */
  onPick: (emoji: string) => void;
}

/**
 * Every emoji, with search, skin tones and the ones used last; its code and data (from this server, T12) come when it is first shown.
 * The search takes the focus; arrows move, Enter picks. Escape is its surroundings' business.
 */
export function EmojiPicker({ onPick }: EmojiPickerProps) {
  return (
    <div className="h-[min(24rem,60dvh)] w-[min(22.75rem,calc(100vw-1rem))]">
      <Suspense
        fallback={
          <div className="grid h-full place-items-center text-ink-2">
            <Spinner size={24} />
          </div>
        }
      >
        <Grid onPick={onPick} />
      </Suspense>
    </div>
  );
}
