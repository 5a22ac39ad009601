import type { PersonBrief } from "@sotto/protocol/types.ts";
import { useState, type ReactNode } from "react";
import { localPreview } from "../photo/local-previews.ts";
import { toast } from "../controls/toast.tsx";
import { useText } from "../text/intl.tsx";
import { mostFilesAtOnce } from "./pickable.ts";
import { PreviewSheet } from "./preview-sheet.tsx";

interface Options {
  recipient: PersonBrief;
  enabled: boolean;
  send: (content: { text: string; files: readonly Blob[] }) => string;
}

/** Chosen, pasted or dropped: whatever the way, files go through the same look before they are sent. */
export function usePicking({ recipient, enabled, send }: Options): { pick: (files: File[]) => void; sheet: ReactNode } {
  const t = useText();
  const [files, setFiles] = useState<readonly File[]>([]);

  const pick = (chosen: File[]) => {
    if (!enabled || chosen.length === 0) return;
    if (files.length + chosen.length > mostFilesAtOnce) toast(t("preview.tooMany", { most: mostFilesAtOnce }));
    setFiles([...files, ...chosen].slice(0, mostFilesAtOnce));
  };
  const sendAll = (caption: string) => {
    // The words stand under the last one, as they would under an album.
    files.forEach((file, at) => {
      const clientId = send({ text: at === 0 ? caption : "", files: [file] });
      localPreview(clientId, file);
    });
    setFiles([]);
  };

  const sheet =
    files.length === 0 ? null : (
      <PreviewSheet
        files={files}
        recipient={recipient}
        onRemove={(file) => setFiles(files.filter((one) => one !== file))}
        onAdd={pick}
        onSend={sendAll}
        onClose={() => setFiles([])}
      />
    );
  return { pick, sheet };
}
