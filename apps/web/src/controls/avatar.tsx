import type { PersonBrief } from "@sotto/protocol/types.ts";
import { memo, useEffect, useState } from "react";
import { placeholderUrl } from "../photo/placeholder.ts";
import { useSotto } from "../session/session.tsx";
import { initials } from "../text/graphemes.ts";
import { classes } from "./classes.ts";

interface Props {
  person: Pick<PersonBrief, "id" | "name" | "picture"> & { initials?: string };
  sizePixels: number;
  className?: string;
}

/** Decorative: the name always stands beside it. */
export const Avatar = memo(function Avatar({ person, sizePixels, className }: Props) {
  const [failedUrl, setFailedUrl] = useFailedUrl();
  const size = { width: sizePixels, height: sizePixels };
  if (person.picture === null || person.picture.url === failedUrl) {
    return (
      <span
        aria-hidden
        style={{ ...size, fontSize: Math.round(sizePixels * 0.36) }}
        className={classes(
          "grid shrink-0 place-items-center rounded-full font-semibold select-none",
          tints[tintOf(person.id)],
          className,
        )}
      >
        {person.initials ?? initials(person.name)}
      </span>
    );
  }
  const { url, placeholder } = person.picture;
  return (
    <img
      src={url}
      alt=""
      {...size}
      draggable={false}
      onError={() => setFailedUrl(url)}
      style={{ ...size, backgroundImage: `url(${placeholderUrl(placeholder)})` }}
      className={classes("shrink-0 rounded-full bg-theirs bg-cover object-cover", className)}
    />
  );
});

/** A picture that did not come is asked for again once the connection was away and is back. */
function useFailedUrl() {
  const { connection } = useSotto();
  const [failedUrl, setFailedUrl] = useState<string>();
  useEffect(() => {
    if (failedUrl === undefined) return;
    let away = connection.get().is !== "online";
    return connection.subscribe(() => {
      const online = connection.get().is === "online";
      if (online && away) setFailedUrl(undefined);
      away = !online;
    });
  }, [connection, failedUrl]);
  return [failedUrl, setFailedUrl] as const;
}

/** Earth tones of one lightness: told apart, and none louder than a photo. */
const tints = ["tint-clay", "tint-moss", "tint-slate", "tint-plum", "tint-sand", "tint-sea"] as const;

function tintOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % tints.length;
}
