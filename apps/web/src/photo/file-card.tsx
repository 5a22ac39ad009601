import FileImage from "lucide-react/icons/file-image";
import { sizeText } from "../text/sizes.ts";

/** A photo that this browser cannot draw (HEIC, mostly), shown as what it is: a named file. */
export function FileCard({ name, sizeBytes, note }: { name: string; sizeBytes: number; note: string }) {
  return (
    <div className="flex w-full items-center gap-4 rounded-card bg-sunk p-4 text-start text-ink">
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
