/**
 * Hands letters to a mail server.
 *
 * Guarantees: `send` returns when the mail server has taken the letter, and not before; it goes to that one address. It is not
 * exactly once: after `MailAway` the server may have it all the same, so whoever tries again may send it twice. Nothing waits
 * here: trying again is the job's that sends.
 */
export interface Mailer {
  /** @throws {MailRefused} this letter will not be taken. @throws {MailAway} try later. */
  send(letter: Letter): Promise<void>;
}

export interface Letter {
  /** One bare address: `anna@example.org`. */
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** Where a POST ends letters of this kind (RFC 8058); mail programs show a button for it. */
  unsubscribeUrl?: string;
}

/** The mail server says no for good (a 5xx): to this letter, or to who we say we are. */
export class MailRefused extends Error {}

/** Not reached, too slow, or busy (a 4xx). */
export class MailAway extends Error {}
