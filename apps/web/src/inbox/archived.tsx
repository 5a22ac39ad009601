import type { Conversation } from "@sotto/protocol/types.ts";
import Archive from "lucide-react/icons/archive";
import { useEffect, useState } from "react";
import { Empty } from "../controls/empty.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { useSotto, useStore } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { ConversationList } from "./conversation-list.tsx";

/** What was put away (C10): asked for when it is looked at, and again when the inbox changes, as a conversation may have come back. */
export function Archived({ current }: { current: string | null }) {
  const t = useText();
  const sotto = useSotto();
  const inbox = useStore(sotto.inbox);
  const [older, setOlder] = useState<readonly Conversation[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const load = useLoad(() => sotto.call("conversations.list", { folder: "archived" }), [sotto, inbox.conversations]);
  const first = load.state.is === "loaded" ? load.state.value : null;
  useEffect(() => {
    setOlder([]);
    setNext(first?.next ?? null);
  }, [first]);
  const loadOlder = async (cursor: string) => {
    const page = await sotto.call("conversations.list", { folder: "archived", cursor });
    setOlder([...older, ...page.items]);
    setNext(page.next);
  };
  return (
    <Loaded load={load}>
      {({ items }) => (
        <ConversationList
          label={t("inbox.archived")}
          conversations={[...items, ...older]}
          onLoadOlder={next === null ? undefined : () => loadOlder(next)}
          current={current}
          empty={<Empty icon={Archive} title={t("inbox.archivedEmpty")} body={t("inbox.archivedEmptyBody")} />}
        />
      )}
    </Loaded>
  );
}
