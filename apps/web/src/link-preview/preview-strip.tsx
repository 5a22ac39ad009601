import X from "lucide-react/icons/x";
import Link2 from "lucide-react/icons/link-2";
import { IconButton } from "../controls/icon-button.tsx";
import { Spinner } from "../controls/spinner.tsx";
import { useText } from "../text/intl.tsx";
import { PreviewImage } from "./preview-image.tsx";
import type { ComposedPreview } from "./use-link-preview.ts";

/** Above the box: what the message will show of its link. It can be taken away before sending. */
export function PreviewStrip({ preview, looking, remove }: ComposedPreview) {
  const t = useText();
  if (preview === null && !looking) return null;
  return (
    <div
      role="group"
      aria-label={t("linkPreview.label")}
      className="flex min-w-0 items-center gap-3 border-s-[3px] border-accent ps-3 enter-fade"
    >
      {preview === null ? (
        <Spinner />
      ) : preview.image === null ? (
        <Link2 size={18} strokeWidth={1.75} className="shrink-0 text-accent-text" aria-hidden />
      ) : (
        <PreviewImage key={preview.image.id} image={preview.image} className="size-11 shrink-0 rounded-control" />
      )}
      <p className="min-w-0 flex-1">
        <span className="block truncate text-12 font-semibold text-accent-text">
          {preview === null ? t("linkPreview.looking") : <bdi dir="ltr">{preview.host}</bdi>}
        </span>
        {preview !== null && (
          <span className="block truncate text-14 text-ink-2" dir="auto">
            {preview.title || preview.description || t("linkPreview.picture")}
          </span>
        )}
      </p>
      <IconButton icon={X} label={t("linkPreview.remove")} onClick={remove} />
    </div>
  );
}
