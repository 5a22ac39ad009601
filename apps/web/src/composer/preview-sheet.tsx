import type { PersonBrief } from "@sotto/protocol/types.ts";
import ArrowUp from "lucide-react/icons/arrow-up";
import ShieldCheck from "lucide-react/icons/shield-check";
import X from "lucide-react/icons/x";
import { useEffect, useState, type ClipboardEvent } from "react";
import { Dialog } from "../controls/dialog.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { FileCard } from "../photo/file-card.tsx";
import { keepNaturalSize } from "../photo/local-previews.ts";
import { useText } from "../text/intl.tsx";
import { sizeText } from "../text/sizes.ts";
import { fileProblem, filesOf } from "./pickable.ts";
import { lengthOf } from "./text-length.ts";
import { LengthNote } from "./length-note.tsx";
import { TextBox } from "./text-box.tsx";

interface Props {
  files: readonly File[];
  recipient: PersonBrief;
  onRemove: (file: File) => void;
  onAdd: (files: File[]) => void;
  /** What stands in the composer: it goes with the photo, and stays there when nothing is sent. */
  written: string;
  onSend: (sending: Sending) => void;
  onClose: () => void;
}

export interface Sending {
  caption: string;
  /** C19: each receiver opens it once. */
  viewOnce: boolean;
}

/** The last look before sending: the photo, its words, and what is taken out of it on the way. */
export function PreviewSheet({ files, recipient, written, onRemove, onAdd, onSend, onClose }: Props) {
  const t = useText();
  const [caption, setCaption] = useState(written);
  const [viewOnce, setViewOnce] = useState(false);
  const length = lengthOf(caption);
  const sendable = !length.tooLong && files.every((file) => fileProblem(file) === null);

  const paste = (event: ClipboardEvent) => {
    const pasted = filesOf(event.clipboardData);
    if (pasted.length === 0) return;
    event.preventDefault();
    onAdd(pasted);
  };
  const send = () => {
    if (sendable) onSend({ caption: caption.trim(), viewOnce });
  };

  return (
    <Dialog title={t("preview.title", { count: files.length, name: recipient.name })} onClose={onClose}>
      <div onPaste={paste} className="grid grid-cols-[minmax(0,1fr)] gap-4 pt-2">
        <div className={files.length > 1 ? "grid grid-cols-2 gap-2" : ""}>
          {files.map((file) => (
            <PreviewedFile
              key={fileKey(file)}
              file={file}
              single={files.length === 1}
              onRemove={() => onRemove(file)}
            />
          ))}
        </div>
        <p className="flex items-start gap-2 text-12 text-ink-2">
          <ShieldCheck size={16} strokeWidth={1.75} className="shrink-0 text-ok" aria-hidden />
          {t("preview.cleaned")}
        </p>
        <SwitchRow
          label={t("preview.viewOnce")}
          hint={t("preview.viewOnceHint")}
          checked={viewOnce}
          onChange={setViewOnce}
        />
        <div className="flex items-end gap-2">
          <TextBox
            label={t("preview.caption")}
            value={caption}
            onChange={setCaption}
            onSubmit={send}
            focus="keyboard"
          />
          <IconButton
            icon={ArrowUp}
            look="accent"
            label={t("preview.send", { count: files.length })}
            disabled={!sendable}
            onClick={send}
          />
        </div>
        <LengthNote length={length} />
      </div>
    </Dialog>
  );
}

function PreviewedFile({ file, single, onRemove }: { file: File; single: boolean; onRemove: () => void }) {
  const t = useText();
  const [unreadable, setUnreadable] = useState(false);
  const url = useObjectUrl(file);
  const problem = fileProblem(file);
  const card = problem !== null || unreadable;
  return (
    <figure className="relative min-w-0">
      {card ? (
        <FileCard
          compact={!single}
          name={file.name}
          sizeBytes={file.size}
          note={t(problem === null ? "preview.noPicture" : `file.${problem}`)}
        />
      ) : (
        <img
          src={url}
          alt={t("preview.of", { name: file.name })}
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
            keepNaturalSize(file, { width, height })
          }
          onError={() => setUnreadable(true)}
          className={
            single
              ? "max-h-[46dvh] w-full rounded-media bg-sunk object-contain"
              : "aspect-square w-full rounded-card bg-sunk object-cover"
          }
        />
      )}
      {problem !== null && (
        <p role="alert" className="sr-only">
          {t(`file.${problem}`)}
        </p>
      )}
      {single ? (
        <figcaption className="mt-2 truncate text-12 text-ink-2">
          {card ? "" : `${file.name} · ${sizeText(file.size)}`}
        </figcaption>
      ) : (
        <button
          type="button"
          aria-label={t("preview.remove", { name: file.name })}
          onClick={onRemove}
          className="absolute end-1 top-1 grid size-11 place-items-center"
        >
          <span className="grid size-8 place-items-center rounded-full bg-black/60 text-white">
            <X size={16} strokeWidth={2} aria-hidden />
          </span>
        </button>
      )}
    </figure>
  );
}

function useObjectUrl(file: File): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}

function fileKey(file: File): string {
  return `${file.name} ${file.size} ${file.lastModified}`;
}
