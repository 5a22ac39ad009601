import type { LinkPreview } from "@sotto/protocol/types.ts";
import { classes } from "../controls/classes.ts";
import { safeHref } from "../text/links.ts";
import { PreviewImage } from "./preview-image.tsx";

/** What a link leads to, as the server saw it (C21). Words are text, and the address is one of the web, or there is no link (T20). */
export function PreviewCard({ preview, mine }: { preview: LinkPreview; mine: boolean }) {
  const href = safeHref(preview.url);
  if (href === null) return null;
  const { image, title, description, host, siteName } = preview;
  const wide = image !== null && image.width >= 400 && image.width >= image.height * 1.2;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className={classes(
        "m-1.5 block w-80 max-w-[calc(100%-0.75rem)] overflow-hidden rounded-card outline-offset-[-2px] hover:opacity-90",
        mine ? "bg-black/10" : "bg-raised",
      )}
    >
      {wide && <PreviewImage key={image.id} image={image} className="aspect-[1.91] w-full" />}
      <span className="flex items-start gap-3 p-2.5">
        <span className="min-w-0 flex-1">
          <span className="block truncate text-12">
            <bdi dir="ltr">{host}</bdi>
            {siteName !== "" && siteName !== host && (
              <>
                {" · "}
                <bdi>{siteName}</bdi>
              </>
            )}
          </span>
          {title !== "" && (
            <span className="mt-0.5 line-clamp-2 text-14 font-semibold wrap-text">
              <bdi>{title}</bdi>
            </span>
          )}
          {description !== "" && (
            <span className="mt-0.5 line-clamp-3 text-12 wrap-text">
              <bdi>{description}</bdi>
            </span>
          )}
        </span>
        {image !== null && !wide && (
          <PreviewImage key={image.id} image={image} className="size-16 shrink-0 rounded-control" />
        )}
      </span>
    </a>
  );
}
