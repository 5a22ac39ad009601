import { createTransport } from "nodemailer";
import type { MailAddress } from "../config-mail.ts";
import { MailAway, MailRefused, type Letter, type Mailer } from "../ports/mailer.ts";

const connectTimeoutMs = 10_000;
const answerTimeoutMs = 30_000;

/** Letters by SMTP (RFC 5321), a connection for each: they are few, and a kept one goes stale between them. */
export function smtpMailer(address: MailAddress): Mailer {
  const transport = createTransport({
    host: address.host,
    port: address.port,
    secure: address.tls === "from_start",
    requireTLS: address.tls === "upgrade",
    ignoreTLS: address.tls === "none",
    ...(address.user === undefined ? {} : { auth: { user: address.user, pass: address.password ?? "" } }),
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    // A letter is made of words alone: no field of it may name a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(letter) {
      try {
        await transport.sendMail(toMail(letter, address.from));
      } catch (cause) {
        throw isFinal(cause) ? new MailRefused(words(cause), { cause }) : new MailAway(words(cause), { cause });
      }
    },
  };
}

function toMail({ to, subject, text, html, unsubscribeUrl }: Letter, from: MailAddress["from"]) {
  return {
    from,
    // As parts, so that a comma or a bracket in it makes no second receiver.
    to: { name: "", address: to },
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    headers: {
      "Auto-Submitted": "auto-generated",
      ...(unsubscribeUrl === undefined
        ? {}
        : { "List-Unsubscribe": `<${unsubscribeUrl}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }),
    },
  };
}

function isFinal(error: unknown): boolean {
  const code = error instanceof Error && "responseCode" in error ? error.responseCode : undefined;
  return typeof code === "number" && code >= 500;
}

/** What the mail server said, short: it goes into the log. */
function words(error: unknown): string {
  return `mail was not sent: ${(error instanceof Error ? error.message : String(error)).slice(0, 200)}`;
}
