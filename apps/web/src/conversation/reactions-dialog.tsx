import type { Message } from "@sotto/protocol/types.ts";
import { Avatar } from "../controls/avatar.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { useProfile } from "../people/use-profile.ts";
import { useText } from "../text/intl.tsx";
import { numberText } from "../text/locale.ts";
import { nameOfPerson } from "./counterpart.ts";
import { useSenders } from "./use-senders.ts";

/** Who reacted, and with what. */
export function ReactionsDialog({ message, onClose }: { message: Message | undefined; onClose: () => void }) {
  const t = useText();
  const reactions = message?.reactions ?? [];
  return (
    <Dialog title={t("reactions.title")} onClose={onClose}>
      {reactions.length === 0 && <p className="py-4 text-14 text-ink-2">{t("reactions.none")}</p>}
      {reactions.map(({ emoji, count, personIds }) => (
        <section
          key={emoji}
          aria-label={t("reactions.of", { emoji, count: numberText(count) })}
          className="flex gap-3 py-2"
        >
          <span aria-hidden className="w-9 pt-1 text-center text-20">
            {emoji}
          </span>
          <ul className="min-w-0 flex-1">
            {personIds.map((personId) => (
              <Reactor key={personId} personId={personId} />
            ))}
            {count > personIds.length && (
              <li className="py-2 text-14 text-ink-2">{t("group.more", { count: count - personIds.length })}</li>
            )}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}

function Reactor({ personId }: { personId: string }) {
  const t = useText();
  const { person } = useSenders();
  const known = person(personId);
  const profile = useProfile(known === undefined ? personId : undefined);
  const one = known ?? profile;
  return (
    <li className="flex min-h-10 items-center gap-3">
      {one !== undefined && <Avatar person={one} sizePixels={28} />}
      <span className="min-w-0 truncate text-14 font-medium">
        {one === undefined ? t("group.somebody") : nameOfPerson(t, one)}
      </span>
    </li>
  );
}
