import type { LanguageTag } from "@sotto/protocol/languages.ts";
import type { Letter } from "../ports/mailer.ts";

/** What an account's letters say, in every language of the app. A link is on a line of its own: every mail program finds it. */
export type LetterKind = "verify" | "recover" | "password_changed" | "address_changed";

interface Words {
  subject: string;
  /** `{name}` and `{site}` are filled in; no name where the address may be anybody's: it would carry words of a stranger there. */
  before: string;
  after: string;
}

const words: Record<LanguageTag, Record<LetterKind, Words>> = {
  en: {
    verify: {
      subject: "Confirm your e-mail address",
      before: "Hello,\n\nplease confirm that this is your address at {site}:",
      after: "The link is good for a day. If you did not ask for this, do nothing: the address will not be used.",
    },
    recover: {
      subject: "Choose a new password",
      before: "Hello {name},\n\nsomebody, hopefully you, asked for a new password at {site}:",
      after: "The link is good for an hour, once. If it was not you, do nothing: your password stays as it is.",
    },
    password_changed: {
      subject: "Your password was changed",
      before: "Hello {name},\n\nyour password at {site} was changed, and all other devices were signed out.",
      after: "If it was not you, choose a new password at once:",
    },
    address_changed: {
      subject: "Your e-mail address was changed",
      before:
        "Hello {name},\n\nyour account at {site} has another e-mail address now. Nothing more is sent to this one.",
      after: "If it was not you, sign in and change your password:",
    },
  },
  ar: {
    verify: {
      subject: "أكّد عنوان بريدك الإلكتروني",
      before: "مرحبًا،\n\nنرجو تأكيد أن هذا عنوانك في {site}:",
      after: "الرابط صالح ليوم واحد. إن لم تطلب ذلك فلا تفعل شيئًا: لن يُستخدم العنوان.",
    },
    recover: {
      subject: "اختر كلمة مرور جديدة",
      before: "مرحبًا {name}،\n\nطلب أحدهم، ونأمل أنه أنت، كلمة مرور جديدة في {site}:",
      after: "الرابط صالح لساعة واحدة ولمرة واحدة. إن لم تكن أنت فلا تفعل شيئًا: تبقى كلمة مرورك كما هي.",
    },
    password_changed: {
      subject: "تغيّرت كلمة مرورك",
      before: "مرحبًا {name}،\n\nتغيّرت كلمة مرورك في {site}، وسُجّل خروج جميع الأجهزة الأخرى.",
      after: "إن لم تكن أنت، فاختر كلمة مرور جديدة حالًا:",
    },
    address_changed: {
      subject: "تغيّر عنوان بريدك الإلكتروني",
      before: "مرحبًا {name}،\n\nأصبح لحسابك في {site} عنوان بريد آخر. لن يُرسل شيء بعد الآن إلى هذا العنوان.",
      after: "إن لم تكن أنت، فسجّل الدخول وغيّر كلمة مرورك:",
    },
  },
};

/** `link` proves something in the first two kinds; in the others it leads to where one can act. */
export function accountLetter(
  kind: LetterKind,
  to: { address: string; name: string; language: LanguageTag; site: string; link: string },
): Letter {
  const { subject, before, after } = words[to.language][kind];
  const filled = before.replace("{name}", () => to.name).replace("{site}", () => new URL(to.site).host);
  const first = kind === "verify" || kind === "recover";
  const parts = first ? [filled, to.link, after] : [filled, after, to.link];
  return { to: to.address, subject, text: `${parts.join("\n\n")}\n` };
}
