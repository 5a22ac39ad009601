import type { LanguageTag } from "@sotto/protocol/languages.ts";

/** What the server itself says to people who are not looking: few sentences, in every language of the catalogues. */
export interface Words {
  direction: "ltr" | "rtl";
  /** Above a notification that tells nothing (T32). */
  nameless: string;
  newMessages: (count: number) => string;
  /** A name, and how many messages. */
  severalFrom: (name: string, count: number) => string;
  newRequests: (count: number) => string;
  reacted: (emoji: string) => string;
  someoneReacted: string;
  photo: string;
  viewOnce: string;
  disappearing: string;
  profileCard: string;
  nothingNew: string;
}

const english: Words = {
  direction: "ltr",
  nameless: "Sotto",
  newMessages: (count) => (count === 1 ? "New message" : `${shown(count)} new messages`),
  severalFrom: (name, count) => `${name} (${shown(count)})`,
  newRequests: (count) => (count === 1 ? "New message request" : `${shown(count)} message requests`),
  reacted: (emoji) => `Reacted ${emoji} to your message`,
  someoneReacted: "New reaction to your message",
  photo: "Photo",
  viewOnce: "View-once message",
  disappearing: "Disappearing message",
  profileCard: "Profile",
  nothingNew: "No new messages",
};

const arabicRule = new Intl.PluralRules("ar");

/** Arabic counts in six forms; 1 and 2 are words of their own. */
function arabicCount(count: number, forms: { one: string; two: string; few: string; many: string }): string {
  const form = arabicRule.select(count);
  if (form === "one") return forms.one;
  if (form === "two") return forms.two;
  return `${shown(count)} ${form === "few" ? forms.few : forms.many}`;
}

const arabic: Words = {
  direction: "rtl",
  nameless: "Sotto",
  newMessages: (count) =>
    arabicCount(count, { one: "رسالة جديدة", two: "رسالتان جديدتان", few: "رسائل جديدة", many: "رسالة جديدة" }),
  severalFrom: (name, count) => `${name} (${shown(count)})`,
  newRequests: (count) =>
    arabicCount(count, { one: "طلب مراسلة جديد", two: "طلبا مراسلة", few: "طلبات مراسلة", many: "طلب مراسلة" }),
  reacted: (emoji) => `تفاعل ${emoji} مع رسالتك`,
  someoneReacted: "تفاعل جديد مع رسالتك",
  photo: "صورة",
  viewOnce: "رسالة تُعرض مرة واحدة",
  disappearing: "رسالة مؤقتة",
  profileCard: "ملف شخصي",
  nothingNew: "لا رسائل جديدة",
};

const byLanguage: Record<LanguageTag, Words> = { en: english, ar: arabic };

export function wordsIn(language: LanguageTag | null): Words {
  return byLanguage[language ?? "en"];
}

/** R16: counts stop at 99. */
export function shown(count: number): string {
  return count > 99 ? "99+" : String(count);
}
