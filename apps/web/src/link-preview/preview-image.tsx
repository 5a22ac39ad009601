import type { Media } from "@sotto/protocol/types.ts";
import { useState } from "react";
import { classes } from "../controls/classes.ts";
import { placeholderUrl } from "../photo/placeholder.ts";

/** Ours: fetched, stripped and made small by the server. Its place is there before it is. */
export function PreviewImage({ image, className }: { image: Media; className: string }) {
  const [state, setState] = useState<"loading" | "shown" | "gone">("loading");
  const under = state === "loading" ? `url(${placeholderUrl(image.placeholder)})` : "none";
  return (
    <span
      className={classes("block overflow-hidden bg-theirs bg-cover bg-center", className)}
      style={{ backgroundImage: under }}
    >
      {state !== "gone" && (
        <img
          src={image.renditions.list.url}
          alt=""
          decoding="async"
          draggable={false}
          onLoad={() => setState("shown")}
          onError={() => setState("gone")}
          className="size-full object-cover"
        />
      )}
    </span>
  );
}
