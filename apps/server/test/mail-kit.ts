import { SMTPServer } from "smtp-server";

/** A real mail server on loopback, which keeps what it takes. */
export interface MailServer extends AsyncDisposable {
  port: number;
  /** As in `SMTP_URL`. */
  url: string;
  letters: ReceivedLetter[];
  /** User names and passwords that were given, also wrong ones. */
  logins: string[];
  /** Resolves when there are so many letters. */
  received(count: number): Promise<readonly ReceivedLetter[]>;
}

export interface ReceivedLetter {
  from: string;
  to: string[];
  /** By their names in small letters, unfolded and decoded. */
  headers: Map<string, string>;
  text: string;
  html: string | undefined;
  raw: string;
}

export interface MailServerOptions {
  /** `user:password` that it asks for. */
  login?: string;
  /** What it says to a receiver, instead of taking the letter. */
  refuse?: (to: string) => { code: number; words: string } | undefined;
}

export async function startMailServer({ login, refuse }: MailServerOptions = {}): Promise<MailServer> {
  const letters: ReceivedLetter[] = [];
  const logins: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = new SMTPServer({
    // Its certificate is a made-up one: what demands TLS is tested for what it does not say without.
    disabledCommands: login === undefined ? ["STARTTLS", "AUTH"] : ["STARTTLS"],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    logger: false,
    onAuth({ username, password }, _session, done) {
      logins.push(`${username}:${password}`);
      if (`${username}:${password}` === login) done(null, { user: username });
      else done(new Error("wrong user or password"));
    },
    onRcptTo({ address }, _session, done) {
      const no = refuse?.(address);
      done(no === undefined ? null : Object.assign(new Error(no.words), { responseCode: no.code }));
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom } = envelope;
        const to = envelope.rcptTo.map(({ address }) => address);
        letters.push({ from: mailFrom ? mailFrom.address : "", to, ...parse(Buffer.concat(chunks).toString("utf8")) });
        done();
        for (const one of waiting) if (letters.length >= one.count) one.resolve();
      });
    },
  });
  server.on("error", () => {});
  const listening = Promise.withResolvers<void>();
  const listener = server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");
  return {
    port: address.port,
    url: `smtp://${login === undefined ? "" : `${login}@`}127.0.0.1:${address.port}`,
    letters,
    logins,
    async received(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ count, resolve });
      if (letters.length >= count) resolve();
      await promise;
      return letters;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** As far as our own letters go: one text, or a text and its HTML beside it. */
function parse(raw: string): Pick<ReceivedLetter, "headers" | "text" | "html" | "raw"> {
  const { headers, body } = split(raw);
  const boundary = /boundary="([^"]+)"/.exec(headers.get("content-type") ?? "")?.[1];
  const parts = boundary === undefined ? [{ headers, body }] : body.split(`--${boundary}`).slice(1, -1).map(split);
  const of = (type: string) => parts.find((part) => (part.headers.get("content-type") ?? "").startsWith(type));
  const text = of("text/plain");
  const html = of("text/html");
  return { headers, raw, text: text ? decode(text) : "", html: html && decode(html) };
}

function split(raw: string): { headers: Map<string, string>; body: string } {
  const trimmed = raw.replace(/^\r\n/, "");
  const end = trimmed.indexOf("\r\n\r\n");
  const lines = trimmed
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      word(line.slice(line.indexOf(":") + 1).trim()),
    ]),
  );
  return { headers, body: trimmed.slice(end + 4).replace(/\r\n$/, "") };
}

function decode({ headers, body }: ReturnType<typeof split>): string {
  const encoding = headers.get("content-transfer-encoding");
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  return encoding === "quoted-printable" ? quotedPrintable(body.replaceAll(/=\r\n/g, "")) : body;
}

/** Words of a header that are not ASCII (RFC 2047). */
function word(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === "b"
        ? Buffer.from(text, "base64").toString("utf8")
        : quotedPrintable(text.replaceAll("_", " ")),
    );
}

function quotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
