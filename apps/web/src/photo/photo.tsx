import type { Media } from "@sotto/protocol/types.ts";
import ImageOff from "lucide-react/icons/image-off";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import { knownPreview } from "./local-previews.ts";
import { placeholderUrl } from "./placeholder.ts";
import { shownSize } from "./shown-size.ts";
import { useAttempts } from "./use-attempts.ts";
import { usePhotoSpace } from "./photo-space.ts";

interface Props {
  media: Media;
  label: string;
  /** Of a message that this device sent: its own file is shown until the server's is there. */
  clientId: string | undefined;
  onOpen: () => void;
}

/** Drawn at its final size from the first moment: placeholder, then picture. */
export function Photo({ media, label, clientId, onOpen }: Props) {
  const t = useText();
  const { state, attempt, torn, onLoad, onError } = useAttempts();
  const size = shownSize(media, usePhotoSpace());
  const under = knownPreview(clientId) ?? placeholderUrl(media.placeholder);
  const { list } = media.renditions;

  if (state === "gone") {
    return (
      <div
        style={{ width: size.width, aspectRatio: `${size.width} / ${size.height}` }}
        className="grid max-w-full place-content-center justify-items-center gap-2 bg-theirs p-4 text-center text-12 text-ink-2"
      >
        <ImageOff size={24} strokeWidth={1.75} aria-hidden />
        {t("photo.gone")}
      </div>
    );
  }
  return (
    <button
      type="button"
      aria-label={t("photo.open", { label })}
      onClick={onOpen}
      style={{
        width: size.width,
        aspectRatio: `${size.width} / ${size.height}`,
        // Gone once the photo is there: under a rounded edge it would shine through.
        backgroundImage: state === "loading" ? `url(${under})` : "none",
      }}
      className="block max-w-full bg-theirs bg-cover bg-center outline-offset-[-3px]"
    >
      <img
        key={attempt}
        src={list.url}
        alt=""
        width={size.width}
        height={size.height}
        decoding="async"
        draggable={false}
        onLoad={onLoad}
        onError={onError}
        className={classes("size-full object-cover", torn && "invisible")}
      />
    </button>
  );
}
