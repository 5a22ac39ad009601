import type { RefusedChange } from "@sotto/sdk/interface.ts";
import CircleAlert from "lucide-react/icons/circle-alert";
import X from "lucide-react/icons/x";
import { useEffect, type ReactNode } from "react";
import { useLocation } from "wouter";
import { expectDraft } from "../composer/composing.ts";
import { counterpart } from "../conversation/counterpart.ts";
import { IconButton } from "../controls/icon-button.tsx";
import { toast } from "../controls/toast.tsx";
import { problemText } from "../session/problem.ts";
import { useSotto, useStore } from "../session/session.tsx";
import type { MessageId } from "../text/en.ts";
import { useText, type Translate } from "../text/intl.tsx";

const said = {
  edit: "refused.edit",
  react: "refused.reaction",
  unreact: "refused.reaction",
  pin: "refused.pin",
  unpin: "refused.pin",
  hide: "refused.hide",
  unsend: "refused.unsend",
  update: "refused.update",
  draft: "refused.draft",
  // How far one has read is nobody's loss.
  read: null,
} as const satisfies Record<RefusedChange["what"], MessageId | null>;

/** C17: what was shown and then refused says so, until it is dismissed. Words are never lost with it: they can be sent as a message. */
export function RefusedChanges() {
  const t = useText();
  const sotto = useSotto();
  const refused = useStore(sotto.refused);
  useEffect(() => {
    for (const { id, what } of refused) if (said[what] === null) sotto.dismissRefused(id);
  }, [sotto, refused]);
  const shown = refused.filter(({ what }) => said[what] !== null);
  if (shown.length === 0) return null;
  return (
    <div
      role="alert"
      aria-label={t("refused.title")}
      className="scroll-quiet max-h-52 shrink-0 overflow-y-auto bg-warn-soft text-14 text-warn"
    >
      <ul className="divide-y divide-line">
        {shown.toReversed().map((change) => (
          <Refused key={change.id} change={change} />
        ))}
      </ul>
    </div>
  );
}

function Refused({ change }: { change: RefusedChange }) {
  const t = useText();
  const sotto = useSotto();
  const dismiss = () => sotto.dismissRefused(change.id);
  return (
    <li className="flex items-start gap-3 ps-4 pe-1 md:ps-6">
      <CircleAlert size={18} strokeWidth={1.75} className="mt-3 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 py-2.5">
        <p className="text-balance">
          <What change={change} /> {problemText(t, change.problem)}
        </p>
        {change.text !== undefined && change.text !== "" && <Words {...{ change, text: change.text, dismiss }} />}
      </div>
      <IconButton icon={X} look="inherit" label={t("action.close")} onClick={dismiss} />
    </li>
  );
}

/** What it was, and in which conversation, as far as that one is held. */
function What({ change: { what, conversationId } }: { change: RefusedChange }) {
  const t = useText();
  const sotto = useSotto();
  const { conversations, requests } = useStore(sotto.inbox);
  const conversation =
    [...conversations, ...requests].find(({ id }) => id === conversationId) ??
    sotto.conversation(conversationId).state.get().conversation;
  const line = said[what];
  if (line === null) return null;
  return (
    <span className="font-semibold">
      {conversation !== null && (
        <>
          <bdi>{counterpart(t, conversation).name}</bdi>
          {": "}
        </>
      )}
      {t(line)}
    </span>
  );
}

/** What an edit would have said: into the box as a new message, where that still may be, or taken along. */
function Words({ change, text, dismiss }: { change: RefusedChange; text: string; dismiss: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const [, navigate] = useLocation();
  const { conversationId } = change;
  const handle = sotto.conversation(conversationId);
  const { conversation, maySend } = useStore(handle.state);
  const mayWrite = conversation !== null && maySend?.allowed !== false;
  const write = () => {
    // What stands in the box already stays, above it, and what that answers.
    const before = handle.state.get().draft;
    const words = before === null || before.text === "" ? text : `${before.text}\n${text}`;
    expectDraft(conversationId);
    handle.saveDraft(words, before?.replyToId ?? null);
    navigate(`/c/${conversationId}`);
    dismiss();
  };
  return (
    <>
      <p className="mt-1 line-clamp-3 border-s-2 border-current ps-3 plain-words wrap-text text-ink">{text}</p>
      <div className="-ms-2 flex flex-wrap">
        {mayWrite && change.what === "edit" && <Action onPress={write}>{t("refused.writeNew")}</Action>}
        <Action onPress={() => void copyWords(t, text)}>{t("refused.copy")}</Action>
      </div>
    </>
  );
}

function Action({ onPress, children }: { onPress: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onPress}
      className="min-h-11 px-2 font-semibold underline underline-offset-2 outline-offset-[-4px]"
    >
      {children}
    </button>
  );
}

/** As a message's menu does it; shared, it would be one part more for everybody's first load. */
async function copyWords(t: Translate, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("message.copied"));
  } catch {
    toast(t("message.copyFailed"));
  }
}
