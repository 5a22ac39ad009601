import { useMemo } from "react";
import Lightbox from "yet-another-react-lightbox";
import Captions from "yet-another-react-lightbox/plugins/captions";
import Download from "yet-another-react-lightbox/plugins/download";
import Zoom from "yet-another-react-lightbox/plugins/zoom";
import "yet-another-react-lightbox/styles.css";
import "yet-another-react-lightbox/plugins/captions.css";
import "./lightbox.css";
import { useBackCloses } from "../controls/use-back-closes.ts";
import { useText } from "../text/intl.tsx";
import { placeholderUrl } from "./placeholder.ts";
import type { ShownPhoto } from "./shown-photo.ts";

interface Props {
  photos: readonly ShownPhoto[];
  /** The medium that is in front. */
  mediaId: string;
  onView: (mediaId: string) => void;
  onClose: () => void;
}

/** Full view: swipe, pinch, wheel, arrow keys, Escape; the original for download. Loaded when the first photo is opened. */
export function PhotoLightbox({ photos, mediaId, onView, onClose }: Props) {
  const t = useText();
  useBackCloses(onClose);
  const index = Math.max(
    0,
    photos.findIndex((photo) => photo.media.id === mediaId),
  );
  const slides = useMemo(() => photos.map(toSlide), [photos]);
  return (
    <Lightbox
      open
      close={onClose}
      index={index}
      slides={slides}
      plugins={[Captions, Download, Zoom]}
      carousel={{ finite: true, padding: 0, imageFit: "contain", imageProps: { draggable: false } }}
      controller={{ closeOnPullDown: true, closeOnBackdropClick: true }}
      zoom={{ maxZoomPixelRatio: 3, scrollToZoom: true }}
      captions={{ descriptionTextAlign: "center", descriptionMaxLines: 4 }}
      on={{ view: ({ index: at }) => onView(photos[at]?.media.id ?? mediaId) }}
      render={photos.length < 2 ? { buttonPrev: () => null, buttonNext: () => null } : {}}
      labels={{
        Lightbox: t("lightbox.title"),
        Close: t("action.close"),
        Next: t("lightbox.next"),
        Previous: t("lightbox.previous"),
        Download: t("lightbox.download"),
        "Zoom in": t("lightbox.zoomIn"),
        "Zoom out": t("lightbox.zoomOut"),
        "Photo gallery": t("lightbox.title"),
      }}
    />
  );
}

function toSlide({ media, caption, label, fileName }: ShownPhoto) {
  const { full, original } = media.renditions;
  return {
    src: full.url,
    width: full.width,
    height: full.height,
    alt: caption === "" ? label : caption,
    thumbnail: placeholderUrl(media.placeholder),
    description: caption === "" ? undefined : caption,
    download: { url: original.url, filename: fileName },
  };
}
