import type { Conversation } from "@sotto/protocol/types.ts";
import { Link } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { counterpart, nameOfPerson } from "../conversation/counterpart.ts";
import { useMe } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { rowTime } from "../text/time.ts";
import { Marked } from "./marked.tsx";
import type { Hit } from "./pages.ts";

/** A message that was found: whose conversation, when, and the words around what was asked for. */
export function MessageHit({ hit, conversation }: { hit: Hit; conversation: Conversation | undefined }) {
  const t = useText();
  const me = useMe();
  const { message, snippet } = hit;
  const other = conversation === undefined ? undefined : counterpart(t, conversation);
  const sender = conversation?.kind === "group" && conversation.people.find(({ id }) => id === message.senderId);
  const before =
    message.senderId === me.id ? t("search.mine") : sender ? t("search.by", { name: nameOfPerson(t, sender) }) : null;
  const photo = message.media.length > 0 && snippet.text === "";
  return (
    <Link
      href={`/c/${message.conversationId}?message=${message.id}`}
      data-row
      className="flex min-h-[72px] items-center gap-3 rounded-card px-3 py-2 outline-offset-[-2px] transition-colors duration-(--quick) hover:bg-raised/70"
    >
      {other === undefined ? (
        <span className="size-12 shrink-0 rounded-full bg-line" />
      ) : (
        <Avatar person={other} sizePixels={48} />
      )}
      <span className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-0.5">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate text-14 font-semibold">{other?.name ?? "…"}</span>
          <time dateTime={message.createdAt} className="shrink-0 text-12 text-ink-2 tabular">
            {rowTime(message.createdAt)}
          </time>
        </span>
        <span className="line-clamp-2 text-14 text-ink-2 [overflow-wrap:anywhere]">
          {before !== null && <span>{before} </span>}
          {photo ? t("inbox.photo") : <Marked snippet={snippet} />}
        </span>
      </span>
    </Link>
  );
}
