import ImagePlus from "lucide-react/icons/image-plus";
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { useText } from "../text/intl.tsx";
import { carriesFiles, filesOf } from "./pickable.ts";

interface Props {
  enabled: boolean;
  onFiles: (files: File[]) => void;
  children: ReactNode;
}

/** The whole conversation takes what is dropped. A file that may not be sent is still kept from replacing the page. */
export function DropArea({ enabled, onFiles, children }: Props) {
  const t = useText();
  const [over, setOver] = useState(false);
  // Entering a child leaves its parent: only the balance says whether one is still above the area.
  const depth = useRef(0);

  const enter = (event: DragEvent) => {
    if (!carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    depth.current += 1;
    setOver(enabled);
  };
  const leave = () => {
    depth.current = Math.max(0, depth.current - 1);
    if (depth.current === 0) setOver(false);
  };
  const drop = (event: DragEvent) => {
    if (!carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    if (enabled) onFiles(filesOf(event.dataTransfer));
  };

  return (
    <div
      className="relative flex min-h-0 flex-1 flex-col"
      onDragEnter={enter}
      onDragLeave={leave}
      onDragOver={(event) => carriesFiles(event.dataTransfer) && event.preventDefault()}
      onDrop={drop}
    >
      {children}
      {over && (
        <div className="pointer-events-none absolute inset-3 z-10 grid place-content-center justify-items-center gap-3 rounded-media border-2 border-dashed border-accent bg-paper/95 text-16 font-semibold text-accent-text enter-fade">
          <ImagePlus size={32} strokeWidth={1.5} aria-hidden />
          {t("composer.drop")}
        </div>
      )}
    </div>
  );
}
