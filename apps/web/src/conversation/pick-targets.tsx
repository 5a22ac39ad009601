import Check from "lucide-react/icons/check";
import Users from "lucide-react/icons/users";
import { useState, type ReactNode } from "react";
import { Avatar } from "../controls/avatar.tsx";
import { Button } from "../controls/button.tsx";
import { classes } from "../controls/classes.ts";
import { Dialog } from "../controls/dialog.tsx";
import { Empty } from "../controls/empty.tsx";
import { SearchField } from "../inbox/search-field.tsx";
import { roveRows } from "../inbox/rove.ts";
import { useSotto, useStore } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { counterpart, isAbandoned, type Counterpart } from "./counterpart.ts";
import { atName } from "../text/direction.ts";

export interface SendTarget {
  key: string;
  person: Counterpart;
  to: { conversationId: string } | { personId: string };
}

interface Props {
  title: string;
  action: string;
  note?: ReactNode;
  onSend: (targets: readonly SendTarget[]) => void;
  onClose: () => void;
}

const targetsMost = 20;
const recentMost = 40;

/** Whom to send something to: conversations there are, newest first, and anybody else by name. Several at once. */
export function PickTargets({ title, action, note, onSend, onClose }: Props) {
  const t = useText();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<readonly SendTarget[]>([]);
  const found = useTargets(query.trim().replace(/^@/u, ""));
  // What was chosen stays where it is; what another search no longer finds stands first.
  const targets = [...chosen.filter((one) => !found.some(({ key }) => key === one.key)), ...found];
  const toggle = (target: SendTarget) =>
    setChosen(
      chosen.some(({ key }) => key === target.key)
        ? chosen.filter(({ key }) => key !== target.key)
        : [...chosen, target].slice(0, targetsMost),
    );
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          {note !== undefined && <p className="min-w-0 flex-1 basis-48 text-12 text-ink-2">{note}</p>}
          <Button look="main" disabled={chosen.length === 0} onClick={() => onSend(chosen)}>
            {chosen.length < 2 ? action : `${action} (${chosen.length})`}
          </Button>
        </>
      }
    >
      <div data-search onKeyDown={roveRows} className="grid gap-2 pt-2">
        <SearchField label={t("targets.search")} value={query} onChange={setQuery} first />
        <div className="min-h-72">
          {targets.length === 0 ? (
            <Empty icon={Users} title={t("search.none", { query: query.trim() })} body={t("search.noneBody")} />
          ) : (
            <ul aria-label={t("targets.list")}>
              {targets.map((target) => (
                <li key={target.key}>
                  <TargetRow
                    target={target}
                    chosen={chosen.some(({ key }) => key === target.key)}
                    onToggle={() => toggle(target)}
                  />
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </Dialog>
  );
}

interface RowProps {
  target: SendTarget;
  chosen: boolean;
  onToggle: () => void;
}

function TargetRow({ target: { person }, chosen, onToggle }: RowProps) {
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={chosen}
      data-row
      onClick={onToggle}
      className="flex min-h-15 w-full items-center gap-3 rounded-card px-2 text-start outline-offset-[-2px] hover:bg-sunk"
    >
      <Avatar person={person} sizePixels={40} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-semibold">{person.name}</span>
        {person.username !== "" && <span className="block truncate text-12 text-ink-2">{atName(person.username)}</span>}
      </span>
      <span
        aria-hidden
        className={classes(
          "grid size-6 shrink-0 place-items-center rounded-full border-2",
          chosen ? "border-accent bg-accent text-accent-ink" : "border-ink-3",
        )}
      >
        {chosen && <Check size={14} strokeWidth={3} />}
      </span>
    </button>
  );
}

/** Conversations first; people only where there is none with them yet. */
function useTargets(query: string): SendTarget[] {
  const t = useText();
  const sotto = useSotto();
  const { conversations } = useStore(sotto.inbox);
  const load = useLoad(async () => {
    if (query === "") return null;
    const [held, people] = await Promise.all([
      sotto.call("conversations.list", { query, limit: 20 }),
      sotto.call("people.search", { query, limit: 20 }),
    ]);
    return { conversations: held.items, people: people.items };
  }, [sotto, query]);

  const answer = load.state.is === "loaded" && query !== "" ? load.state.value : null;
  const shown = (answer?.conversations ?? (query === "" ? conversations.slice(0, recentMost) : [])).filter(
    (one) => (one.state === "accepted" || one.state === "request_sent") && !isAbandoned(one),
  );
  const known = new Set(shown.flatMap((one) => (one.kind === "direct" ? one.people.map(({ id }) => id) : [])));
  return [
    ...shown.map((one) => ({ key: one.id, person: counterpart(t, one), to: { conversationId: one.id } })),
    ...(answer?.people ?? [])
      .filter(({ id }) => !known.has(id))
      .map((person) => ({ key: person.id, person, to: { personId: person.id } })),
  ];
}
