import type { Config } from "../config.ts";

/** Who a push service writes to about our pushes (RFC 8292, 2.1): the site where it has a public address, else its mailbox. */
export function pushContact({ url, mail }: Pick<Config, "url" | "mail">): string {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" && hostname !== "localhost") return url;
  return `mailto:${mail?.from.address ?? "sotto@localhost"}`;
}
