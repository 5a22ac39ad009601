import type { PersonBrief } from "@sotto/protocol/types.ts";
import { Suspense, useState, type ReactNode } from "react";
import { localPreview } from "../photo/local-previews.ts";
import { toast } from "../controls/toast.tsx";
import { part } from "../controls/part.tsx";
import { useText } from "../text/intl.tsx";
import type { OpenConversation } from "../conversation/use-conversation.ts";
import { composingIn, stopComposing } from "./composing.ts";
import { mentionedIn } from "./mention-candidates.ts";
import { mostFilesAtOnce } from "./pickable.ts";
import type { Sending } from "./preview-sheet.tsx";
import { usePeopleToName } from "./use-people-to-name.ts";

const PreviewSheet = part(async () => (await import("./preview-sheet.tsx")).PreviewSheet);

interface Options {
  recipient: PersonBrief;
  enabled: boolean;
  open: OpenConversation;
}

/** Chosen, pasted or dropped: whatever the way, files go through the same look before they are sent. */
export function usePicking({ recipient, enabled, open }: Options): { pick: (files: File[]) => void; sheet: ReactNode } {
  const t = useText();
  const people = usePeopleToName({ open, recipient });
  const [files, setFiles] = useState<readonly File[]>([]);

  const pick = (chosen: File[]) => {
    if (!enabled || chosen.length === 0) return;
    if (files.length + chosen.length > mostFilesAtOnce) toast(t("preview.tooMany", { most: mostFilesAtOnce }));
    setFiles([...files, ...chosen].slice(0, mostFilesAtOnce));
  };
  const sendAll = ({ caption, viewOnce }: Sending) => {
    const conversationId = open.state.conversation?.id;
    const { replyTo } = composingIn(conversationId);
    const mentionIds = mentionedIn(caption, people);
    // The words stand with the first one, and so does what it answers.
    files.forEach((file, at) => {
      const clientId = open.handle.send({
        text: at === 0 ? caption : "",
        files: [file],
        ...(at === 0 && replyTo !== null && { replyToId: replyTo.id }),
        ...(at === 0 && mentionIds.length > 0 && { mentionIds }),
        ...(viewOnce && { viewOnce }),
      });
      localPreview(clientId, file);
    });
    setFiles([]);
    if (conversationId !== undefined) stopComposing(conversationId);
  };

  const sheet =
    files.length === 0 ? null : (
      <Suspense>
        <PreviewSheet
          files={files}
          recipient={recipient}
          written={open.state.draft?.text ?? ""}
          onRemove={(file) => setFiles(files.filter((one) => one !== file))}
          onAdd={pick}
          onSend={sendAll}
          onClose={() => setFiles([])}
        />
      </Suspense>
    );
  return { pick, sheet };
}
