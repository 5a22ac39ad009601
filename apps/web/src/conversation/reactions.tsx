import type { Message } from "@sotto/protocol/types.ts";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import { numberText } from "../text/locale.ts";
import { useRowActions } from "./row-actions.ts";
import { useLongPress } from "./use-long-press.ts";
import { useSenders } from "./use-senders.ts";

type Reaction = NonNullable<Message["reactions"]>[number];

/** Below a bubble: a press adds mine or takes it back, a held one (or the pointer, resting) tells who. */
export function Reactions({ message, mine }: { message: Message; mine: boolean }) {
  const t = useText();
  if (message.reactions === undefined || message.reactions.length === 0) return null;
  return (
    <ul
      aria-label={t("reactions.title")}
      className={classes("relative -mt-3 flex flex-wrap gap-x-1 px-2 md:-mt-2 md:gap-y-1", mine && "flex-row-reverse")}
    >
      {message.reactions.map((reaction) => (
        <li key={reaction.emoji}>
          <Chip message={message} reaction={reaction} />
        </li>
      ))}
    </ul>
  );
}

function Chip({ message, reaction }: { message: Message; reaction: Reaction }) {
  const t = useText();
  const { toggleReaction, showReactions } = useRowActions();
  const { nameOf } = useSenders();
  const press = useLongPress(() => showReactions(message));
  const { emoji, count, mine } = reaction;
  const named = reaction.personIds.map(nameOf);
  const names = count > named.length ? [...named, t("group.more", { count: count - named.length })] : named;
  return (
    <button
      type="button"
      aria-pressed={mine}
      aria-label={t(mine ? "reactions.withMine" : "reactions.of", { emoji, count: numberText(count) })}
      title={names.join(", ")}
      onClick={() => toggleReaction(message, emoji)}
      {...press}
      className="grid min-h-11 min-w-11 place-items-center rounded-full md:min-h-7 md:min-w-0"
    >
      <span
        className={classes(
          "flex h-7 items-center gap-1 rounded-full border px-2 text-14 shadow-[0_1px_2px_rgb(0_0_0/8%)] enter-rise",
          mine ? "border-accent bg-raised text-accent-text" : "border-line bg-raised text-ink-2",
        )}
      >
        <span aria-hidden>{emoji}</span>
        <span aria-hidden className="text-12 font-semibold tabular">
          {numberText(count)}
        </span>
      </span>
    </button>
  );
}
