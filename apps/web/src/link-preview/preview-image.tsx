import type { Media } from "@sotto/protocol/types.ts";
import { classes } from "../controls/classes.ts";
import { placeholderUrl } from "../photo/placeholder.ts";
import { useAttempts } from "../photo/use-attempts.ts";

/** Ours: fetched, stripped and made small by the server. Its place is there before it is. */
export function PreviewImage({ image, className }: { image: Media; className: string }) {
  const { state, attempt, torn, onLoad, onError } = useAttempts();
  const under = state === "loading" ? `url(${placeholderUrl(image.placeholder)})` : "none";
  return (
    <span
      className={classes("block overflow-hidden bg-theirs bg-cover bg-center", className)}
      style={{ backgroundImage: under }}
    >
      {state !== "gone" && (
        <img
          key={attempt}
          src={image.renditions.list.url}
          alt=""
          decoding="async"
          draggable={false}
          onLoad={onLoad}
          onError={onError}
          className={classes("size-full object-cover", torn && "invisible")}
        />
      )}
    </span>
  );
}
