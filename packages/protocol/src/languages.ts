/** The languages with a complete catalogue, as BCP 47 tags. Arabic is written from right to left. */
export const languages = ["en", "ar"] as const;
export type LanguageTag = (typeof languages)[number];
