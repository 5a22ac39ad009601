import { Avatar } from "../controls/avatar.tsx";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import type { Suggestion } from "./suggestions.ts";
import type { Suggesting } from "./use-suggestions.ts";
import { atName } from "../text/direction.ts";

/** Above the box; the focus stays in the box, which says which one is active. */
export function SuggestionList({ suggesting }: { suggesting: Suggesting }) {
  const t = useText();
  const { shown, at, listId, pick } = suggesting;
  const count = shown?.items.length ?? 0;
  return (
    <>
      <p role="status" className="sr-only">
        {count > 0 && t("composer.suggestions", { count })}
      </p>
      {shown !== null && (
        <div
          id={listId}
          role="listbox"
          aria-label={t("composer.suggestionsLabel")}
          className="absolute inset-x-2 bottom-full z-10 mb-1 rounded-card border border-line bg-raised p-1.5 shadow-float enter-rise md:inset-x-5"
        >
          {shown.items.map((item, index) => (
            <div
              key={item.text}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === at}
              // Pressed, not clicked: the box keeps its focus, and the screen its keyboard.
              onPointerDown={(event) => {
                event.preventDefault();
                pick(item);
              }}
              className={classes(
                "flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-3 text-14 hover:bg-sunk",
                index === at && "bg-sunk",
              )}
            >
              <Item item={item} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

function Item({ item }: { item: Suggestion }) {
  if (item.is === "emoji")
    return (
      <>
        <span className="text-20 leading-none">{item.emoji}</span>
        <span className="min-w-0 truncate text-ink-2" dir="ltr">
          :{item.name}:
        </span>
      </>
    );
  return (
    <>
      <Avatar person={item.person} sizePixels={28} />
      <span className="min-w-0 truncate font-semibold">{item.person.name}</span>
      <span className="min-w-0 truncate text-12 text-ink-2">{atName(item.person.username)}</span>
    </>
  );
}
