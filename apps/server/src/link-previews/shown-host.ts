import { domainToUnicode } from "node:url";

/**
 * A host as people read it: in its own letters where each part of it is of one script that looks like no other, and else in
 * punycode. Latin with accents, Greek and Cyrillic can pass for plain Latin, and mixtures for anything.
 */
export function shownHost(url: string): string {
  const { host, hostname } = new URL(url);
  const name = domainToUnicode(hostname);
  const plain = name !== "" && name.split(".").every((label) => isPlain(label));
  return (plain ? host.replace(hostname, name) : host).replace(/^www\./, "");
}

const ownScripts = [
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々\d-]+$/u,
  /^[\p{Script=Han}\p{Script=Bopomofo}\d-]+$/u,
  /^[\p{Script=Hangul}\d-]+$/u,
  /^[\p{Script=Thai}\d-]+$/u,
  /^[\p{Script=Devanagari}\d-]+$/u,
  /^[\p{Script=Arabic}\d-]+$/u,
  /^[\p{Script=Hebrew}\d-]+$/u,
];

function isPlain(label: string): boolean {
  return /^[\x21-\x7e]*$/.test(label) || ownScripts.some((script) => script.test(label));
}
