import { limits } from "@sotto/protocol/limits.ts";
import { countGraphemes } from "../text/graphemes.ts";
import type { Translate } from "../text/intl.tsx";
import { safeHref } from "../text/links.ts";

/** A profile as it stands in the form: links one a line. */
export interface ProfileDraft {
  name: string;
  bio: string;
  links: string;
}

/** As it goes to the server. A link without a scheme is meant as https. */
export function typedLinks(links: string): string[] {
  return links
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((link) => (/^[a-z][a-z0-9+.-]*:/iu.test(link) ? link : `https://${link}`));
}

/** What is wrong with each field; empty where nothing is. */
export function draftProblems(t: Translate, draft: ProfileDraft): Record<keyof ProfileDraft, string> {
  const links = typedLinks(draft.links);
  const tooLong = (text: string, most: number) =>
    countGraphemes(text, most) > most ? t("profile.tooLong", { most }) : "";
  const badLink = links.some((link) => !isLink(link) || link.length > limits.linkChars);
  const tooMany = links.length > limits.linksPerProfile;
  return {
    name: draft.name.trim() === "" ? t("profile.nameEmpty") : tooLong(draft.name, limits.nameGraphemes),
    bio: tooLong(draft.bio, limits.bioGraphemes),
    links: tooMany ? t("profile.tooManyLinks", { most: limits.linksPerProfile }) : badLink ? t("profile.badLink") : "",
  };
}

/** An address that leads somewhere: words with spaces, or without a dot, are none. */
function isLink(link: string): boolean {
  const href = safeHref(link);
  return href !== null && !/\s/u.test(link) && new URL(href).hostname.includes(".");
}

export function bioLeft(bio: string): number {
  return limits.bioGraphemes - countGraphemes(bio, 2 * limits.bioGraphemes);
}
