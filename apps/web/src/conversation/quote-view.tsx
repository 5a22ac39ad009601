import type { Quote } from "@sotto/protocol/types.ts";
import { classes } from "../controls/classes.ts";
import { placeholderUrl } from "../photo/placeholder.ts";
import { useText, type Translate } from "../text/intl.tsx";
import { useRowActions } from "./row-actions.ts";
import { useSenders } from "./use-senders.ts";

interface Props {
  quote: Quote;
  /** In a bubble of mine. */
  mine: boolean;
}

const look = "flex w-full min-w-0 items-stretch gap-2.5 overflow-hidden rounded-control border-s-[3px] px-2.5 py-1.5";

/** What a message answers, above it: leads there, from any depth of history. One that is gone says so (R9). */
export function QuoteView({ quote, mine }: Props) {
  const t = useText();
  const { jump } = useRowActions();
  const { nameOf } = useSenders();
  const colours = mine ? "border-accent-ink/70 bg-black/10" : "border-accent bg-ink/6";
  if (quote.kind === "gone")
    return <p className={classes(look, colours, "text-14 italic md:text-12")}>{t("quote.gone")}</p>;
  const name = quote.senderId === undefined ? t("group.somebody") : nameOf(quote.senderId);
  const text = quoteText(t, quote);
  return (
    <button
      type="button"
      onClick={() => jump(quote.seq)}
      className={classes(look, colours, "min-h-11 text-start outline-offset-[-2px] md:min-h-0")}
    >
      {quote.placeholder !== undefined && (
        <span
          aria-hidden
          style={{ backgroundImage: `url(${placeholderUrl(quote.placeholder)})` }}
          className="size-9 shrink-0 self-center rounded-[6px] bg-cover bg-center"
        />
      )}
      <span className="min-w-0 self-center">
        <span className="sr-only">{t("quote.open")} </span>
        <span className="block truncate text-12 font-semibold">{name}</span>
        <span className="line-clamp-2 text-14 wrap-anywhere md:text-12" dir="auto">
          {text}
        </span>
      </span>
    </button>
  );
}

/** What stands in a quote where there are no words: what it is. */
export function quoteText(t: Translate, quote: Quote): string {
  const words = quote.text?.replaceAll(/\s+/gu, " ").trim() ?? "";
  if (words !== "") return words;
  if (quote.kind === "photo") return t("inbox.photo");
  if (quote.kind === "card") return t("quote.card");
  return quote.kind === "view_once" ? t("once.title") : "";
}
