import FileImage from "lucide-react/icons/file-image";
import { sizeText } from "../text/sizes.ts";

interface Props {
  name: string;
  sizeBytes: number;
  note: string;
  /** As one cell among photos. */
  compact?: boolean;
}

/** A photo that this browser cannot draw (HEIC, mostly), shown as what it is: a named file. */
export function FileCard({ name, sizeBytes, note, compact = false }: Props) {
  if (compact) {
    return (
      <div
        className="grid aspect-square w-full place-content-center justify-items-center gap-1 rounded-card bg-sunk p-3 text-center text-ink"
        title={note}
      >
        <FileImage size={26} strokeWidth={1.5} className="text-accent-text" aria-hidden />
        <span className="line-clamp-2 text-12 font-semibold wrap-anywhere">{name}</span>
        <span className="text-12 text-ink-2">{sizeText(sizeBytes)}</span>
        <span className="sr-only">{note}</span>
      </div>
    );
  }
  return (
    <div className="flex w-full min-w-0 items-center gap-4 rounded-card bg-sunk p-4 text-start text-ink">
      <span className="grid size-14 shrink-0 place-items-center rounded-card bg-accent-soft text-accent-text">
        <FileImage size={26} strokeWidth={1.5} aria-hidden />
      </span>
      <span className="min-w-0">
        <span className="block truncate text-14 font-semibold">{name}</span>
        <span className="block text-12 text-ink-2">{sizeText(sizeBytes)}</span>
        <span className="mt-0.5 block text-12 text-balance text-ink-2">{note}</span>
      </span>
    </div>
  );
}
