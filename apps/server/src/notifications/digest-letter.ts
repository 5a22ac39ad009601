import type { LanguageTag } from "@sotto/protocol/languages.ts";
import type { Letter } from "../ports/mailer.ts";
import { shown } from "./words.ts";

export interface Digest {
  /** Empty with previews off: then their number is all that is said (T32). */
  lines: { title: string; body: string }[];
  conversations: number;
  requests: number;
}

interface DigestWords {
  direction: "ltr" | "rtl";
  subject: (count: number) => string;
  hello: (name: string) => string;
  waiting: (count: number) => string;
  requests: (count: number) => string;
  read: string;
  end: string;
}

const words: Record<LanguageTag, DigestWords> = {
  en: {
    direction: "ltr",
    subject: (count) =>
      count === 1 ? "Something is waiting for you" : `${shown(count)} conversations are waiting for you`,
    hello: (name) => `Hello ${name},`,
    waiting: (count) =>
      count === 1
        ? "you have unread messages in one conversation."
        : `you have unread messages in ${shown(count)} conversations.`,
    requests: (count) =>
      count === 1 ? "One message request is waiting." : `${shown(count)} message requests are waiting.`,
    read: "Read them here:",
    end: "You get this because you asked for a summary. To end it:",
  },
  ar: {
    direction: "rtl",
    subject: (count) => (count === 1 ? "هناك ما ينتظرك" : `محادثات تنتظرك: ${shown(count)}`),
    hello: (name) => `مرحبًا ${name}،`,
    waiting: (count) => `عدد المحادثات التي فيها رسائل غير مقروءة: ${shown(count)}.`,
    requests: (count) => `طلبات المراسلة المنتظرة: ${shown(count)}.`,
    read: "اقرأها هنا:",
    end: "تصلك هذه الرسالة لأنك طلبت ملخصًا. لإيقافه:",
  },
};

/** `endUrl` leads to a page that asks; `unsubscribeUrl` is for mail programs, and takes a POST alone (R24). */
export function digestLetter(
  digest: Digest,
  to: { name: string; address: string; language: LanguageTag; site: string; endUrl: string; unsubscribeUrl: string },
): Letter {
  const say = words[to.language];
  const { lines, conversations, requests } = digest;
  const opening = [
    say.hello(to.name),
    ...(conversations > 0 ? [say.waiting(conversations)] : []),
    ...(requests > 0 ? [say.requests(requests)] : []),
  ];
  const list = lines.map(({ title, body }) => `• ${title}: ${body}`).join("\n");
  const parts = [
    opening.join("\n"),
    ...(list === "" ? [] : [list]),
    `${say.read}\n${to.site}`,
    `${say.end}\n${to.endUrl}`,
  ];
  return {
    to: to.address,
    subject: say.subject(conversations + requests),
    text: `${parts.join("\n\n")}\n`,
    html: toHtml(opening, { say, lines, to }),
    unsubscribeUrl: to.unsubscribeUrl,
  };
}

function toHtml(
  opening: readonly string[],
  {
    say,
    lines,
    to,
  }: { say: DigestWords; lines: Digest["lines"]; to: { language: string; site: string; endUrl: string } },
): string {
  const items = lines.map(({ title, body }) => `<li><b>${escaped(title)}</b><br>${escaped(body)}</li>`).join("");
  return [
    `<!doctype html><html lang="${to.language}" dir="${say.direction}"><meta charset="utf-8">`,
    `<body style="font:16px/1.5 system-ui,sans-serif;color:#1f1b16;max-width:34rem;margin:0 auto;padding:24px">`,
    `<p>${opening.map(escaped).join("<br>")}</p>`,
    items === "" ? "" : `<ul style="padding-inline-start:20px">${items}</ul>`,
    `<p>${escaped(say.read)} <a href="${escaped(to.site)}">${escaped(new URL(to.site).host)}</a></p>`,
    `<p style="font-size:12px;color:#6b6459">${escaped(say.end)} <a href="${escaped(to.endUrl)}">${escaped(to.endUrl)}</a></p></body></html>`,
  ].join("\n");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
