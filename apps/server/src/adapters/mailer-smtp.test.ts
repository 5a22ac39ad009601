import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { startMailServer } from "../../test/mail-kit.ts";
import type { MailAddress } from "../config-mail.ts";
import { MailAway, MailRefused } from "../ports/mailer.ts";
import { smtpMailer } from "./mailer-smtp.ts";

const from = { name: "Söttó", address: "sotto@example.org" };
const letter = { to: "anna@example.org", subject: "Grüße, 你好", text: "Zwei Zeilen\n— und مرحبا" };

test("a letter arrives with its words in any script, from whom it says, and nowhere else", async () => {
  await using server = await startMailServer({ login: "sotto:p w" });
  const mailer = smtpMailer(to(server.port, { user: "sotto", password: "p w" }));
  await mailer.send({ ...letter, html: "<p>Zwei Zeilen</p>", unsubscribeUrl: "https://talk.example.org/off?t=1" });
  expect(server.logins).toEqual(["sotto:p w"]);
  const [got] = server.letters;
  expect(got).toMatchObject({ from: from.address, to: [letter.to], html: "<p>Zwei Zeilen</p>" });
  expect(got?.text.replaceAll("\r\n", "\n")).toBe(letter.text);
  expect(Object.fromEntries(got?.headers ?? [])).toMatchObject({
    subject: letter.subject,
    from: "Söttó <sotto@example.org>",
    "list-unsubscribe": "<https://talk.example.org/off?t=1>",
    "list-unsubscribe-post": "List-Unsubscribe=One-Click",
  });
});

test("nothing in a letter makes a second receiver or a header of its own", async () => {
  await using server = await startMailServer();
  const mailer = smtpMailer(to(server.port));
  const sly = [
    { ...letter, to: "anna@example.org, mallory@example.net" },
    { ...letter, to: "anna@example.org>\r\nRCPT TO:<mallory@example.net" },
    { ...letter, subject: "hello\r\nBcc: mallory@example.net" },
    { ...letter, text: "hello\r\n.\r\nMAIL FROM:<mallory@example.net>" },
  ];
  for (const one of sly) await mailer.send(one).catch(() => {});
  const receivers = server.letters.flatMap((one) => one.to);
  const slipped = receivers.filter((address) => address === "mallory@example.net").length;
  console.log(
    `letters from ${sly.length} sly ones: ${server.letters.length}, receivers that were slipped in: ${slipped}`,
  );
  expect(slipped).toBe(0);
  expect(server.letters.every((one) => one.to.length === 1 && !one.headers.has("bcc"))).toBe(true);
});

test("a no for good and a no for now are told apart", async () => {
  await using server = await startMailServer({
    refuse: (address) =>
      address.startsWith("gone@")
        ? { code: 550, words: "no such mailbox" }
        : address.startsWith("full@")
          ? { code: 452, words: "mailbox full" }
          : undefined,
  });
  const mailer = smtpMailer(to(server.port));
  await expect(mailer.send({ ...letter, to: "gone@example.org" })).rejects.toThrow(MailRefused);
  await expect(mailer.send({ ...letter, to: "full@example.org" })).rejects.toThrow(MailAway);
  await mailer.send(letter);
  expect(server.letters).toHaveLength(1);
});

test("a wrong password, and a server that is not there", async () => {
  await using server = await startMailServer({ login: "sotto:right" });
  await expect(smtpMailer(to(server.port, { user: "sotto", password: "wrong" })).send(letter)).rejects.toThrow(
    MailRefused,
  );
  expect(server.letters).toEqual([]);
  await expect(smtpMailer(to(1)).send(letter)).rejects.toThrow(MailAway);
});

test("where TLS is demanded, a server without it hears neither password nor letter", async () => {
  await using server = await startMailServer({ login: "sotto:hush" });
  const mailer = smtpMailer(to(server.port, { user: "sotto", password: "hush", tls: "upgrade" }));
  await expect(mailer.send(letter)).rejects.toThrow();
  expect({ logins: server.logins, letters: server.letters }).toEqual({ logins: [], letters: [] });
});

test("smtps to something that speaks no TLS ends in a plain failure", async () => {
  const listening = Promise.withResolvers<void>();
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => void heard.push(chunk.toString("latin1")));
    socket.write("220 plain\r\n");
  }).listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  await expect(smtpMailer(to(port, { user: "u", password: "hush", tls: "from_start" })).send(letter)).rejects.toThrow(
    MailAway,
  );
  expect(heard.join("").includes("hush")).toBe(false);
  server.close();
});

function to(port: number, more: Partial<MailAddress> = {}): MailAddress {
  return { host: "127.0.0.1", port, tls: "none", from, ...more };
}
