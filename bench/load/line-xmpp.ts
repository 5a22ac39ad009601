import { messageText, type Line, type LineEvents } from "./line.ts";

/**
 * XMPP over TCP, as much as a client needs to chat (RFC 6120, RFC 6121): plain SASL, one resource, presence. No TLS, on
 * loopback, as our own side has none either. XMPP answers no message, so there is no acknowledgement; no stream management
 * (XEP-0198) and no carbons are asked for, which spares the server their work.
 */
interface Place {
  port: number;
  domain: string;
  user: string;
  password: string;
  peer: string;
}

export async function openXmppLine(place: Place, events: LineEvents): Promise<Line> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let unwritten = "";
  // While logging in, what follows each answer; after it, the load's frames.
  let login: LoginStep[] = loginSteps(place);
  let tail = "";
  const write = (socket: Bun.Socket, text: string) => {
    if (unwritten !== "") return void (unwritten += text);
    const count = socket.write(text);
    if (count < text.length) unwritten = text.slice(Math.max(count, 0));
  };
  const receive = (socket: Bun.Socket, chunk: string) => {
    tail += chunk;
    if (login.length === 0) {
      tail = cutMessages(tail, events);
      return;
    }
    if (/<(failure|stream:error)/.test(tail)) return reject(new Error(`${place.user}: ${tail}`));
    const step = login[0];
    if (!step || !tail.includes(step.when)) return;
    tail = "";
    login = login.slice(1);
    write(socket, step.write);
    if (login.length === 0) resolve();
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: place.port,
    socket: {
      open: (one) => write(one, streamHeader(place.domain)),
      data: (one, bytes) => receive(one, bytes.toString("latin1")),
      drain(one) {
        const text = unwritten;
        unwritten = "";
        write(one, text);
      },
      error: (_, error) => reject(error),
      close: () => reject(new Error(`${place.user}: the server closed`)),
    },
  });
  await promise;
  const opening = `<message to='${place.peer}@${place.domain}' type='chat' id='m`;
  return {
    send: (number) => write(socket, `${opening}${number}'><body>${messageText(number)}</body></message>`),
    close: () => socket.end(),
  };
}

interface LoginStep {
  when: string;
  write: string;
}

function loginSteps({ domain, user, password }: Place): LoginStep[] {
  const secret = Buffer.from(`\0${user}\0${password}`).toString("base64");
  return [
    {
      when: "</stream:features>",
      write: `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`,
    },
    { when: "<success", write: streamHeader(domain) },
    {
      when: "</stream:features>",
      write:
        "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench</resource></bind></iq>",
    },
    { when: "</iq>", write: "<presence/>" },
    // One's own presence comes back: from now on messages to the bare address arrive here.
    { when: "<presence", write: " " },
  ];
}

function streamHeader(domain: string): string {
  return `<?xml version='1.0'?><stream:stream to='${domain}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
}

const bodyStart = "<body>m";

/** Reports each message and returns what may be the beginning of one. */
function cutMessages(text: string, events: LineEvents): string {
  for (let at = 0; ;) {
    const start = text.indexOf(bodyStart, at);
    if (start < 0) return text.slice(Math.max(at, text.length - bodyStart.length + 1));
    const from = start + bodyStart.length;
    const to = text.indexOf(" ", from);
    if (to < 0) return text.slice(start);
    events.delivered(Number(text.slice(from, to)));
    at = to;
  }
}
