import type { fields, ProblemList } from "./config-fields.ts";

/** A mail server, who we are to it, and whose letters these are. */
export interface MailAddress {
  host: string;
  port: number;
  /** `from_start`: smtps. `upgrade`: STARTTLS, and nothing is said without it. `none`: this machine, or `?tls=off`. */
  tls: "from_start" | "upgrade" | "none";
  user?: string;
  password?: string;
  /** The sender: `anna@example.org`, and perhaps a name. */
  from: { name: string; address: string };
}

/** `SMTP_URL`: `smtp://user:password@host:587`, `smtps://…:465`, with `?tls=off` where a mail server of one's own has no TLS. */
export function readMail(read: ReturnType<typeof fields>, problems: ProblemList): MailAddress | undefined {
  const value = read.optionalText("SMTP_URL", { minChars: 1 });
  const from = readFrom(read.optionalText("SOTTO_MAIL_FROM", { minChars: 1 }), problems);
  if (value === undefined) return undefined;
  const server = parse(value, problems);
  if (from === undefined) problems.add("SOTTO_MAIL_FROM", "is needed with SMTP_URL: letters come from this address");
  return server && from ? { ...server, from } : undefined;
}

const defaultPorts = { "smtp:": 587, "smtps:": 465 } as const;

/** No part of the value is repeated: it holds a password. */
function parse(value: string, problems: ProblemList): Omit<MailAddress, "from"> | undefined {
  const wrong = (words: string): undefined => {
    problems.add("SMTP_URL", words);
  };
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    (url?.protocol !== "smtp:" && url?.protocol !== "smtps:") ||
    url.hostname === "" ||
    !["", "/"].includes(url.pathname)
  )
    return wrong("needs an address like smtp://user:password@mail.example.org:587, or smtps://…:465");
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === undefined || password === undefined || (user === "") !== (password === ""))
    return wrong(
      'needs user:password@ before the host, or neither; in them write "@" as %40, ":" as %3A and "%" as %25',
    );
  const tls = url.searchParams.get("tls") ?? "on";
  if ([...url.searchParams.keys()].some((key) => key !== "tls") || url.hash !== "" || !["on", "off"].includes(tls))
    return wrong("knows ?tls=on and ?tls=off after the host, and nothing else");
  if (tls === "off" && url.protocol === "smtps:") return wrong("cannot be smtps:// with ?tls=off");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return {
    host,
    port: Number(url.port || defaultPorts[url.protocol]),
    tls: url.protocol === "smtps:" ? "from_start" : tls === "off" || isThisMachine(host) ? "none" : "upgrade",
    ...(user === "" ? {} : { user, password }),
  };
}

/** `anna@example.org` or `Anna <anna@example.org>`. */
function readFrom(value: string | undefined, problems: ProblemList): MailAddress["from"] | undefined {
  if (value === undefined) return undefined;
  const [, name = "", named, bare] = /^(?:([^<>"\r\n]{0,100}?)\s*<([^<>\s,]+)>|([^<>\s,]+))$/.exec(value) ?? [];
  const address = named ?? bare ?? "";
  if (/^[^@]+@[^@]+$/.test(address)) return { name, address };
  problems.add("SOTTO_MAIL_FROM", 'needs an address like sotto@example.org, or "Sotto <sotto@example.org>"');
  // Said already: not again as a missing one.
  return { name: "", address: "" };
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
