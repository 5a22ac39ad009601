import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ticketOf, type Somebody } from "./api-kit.ts";

/** A WebSocket by hand (RFC 6455): every byte is the test's own, and nothing is read that it does not want to read. */
export interface RawSocket extends Disposable {
  tcp: Socket;
  /** Texts of the server, in order. */
  texts: string[];
  pongs: number;
  /** The code of the server's close frame; 0 when the line ended without one. */
  closed: Promise<number>;
  isClosed(): boolean;
  write(bytes: Uint8Array): void;
  /** Resolves with the first text that matches, also of those that are there already; null when it closes before. */
  heard(matches: (text: string) => boolean): Promise<string | null>;
}

export async function openRaw(url: string, who: Pick<Somebody, "token">): Promise<RawSocket> {
  const raw = await rawLine(url);
  raw.write(new TextEncoder().encode(upgradeRequest(url, await ticketOf(url, who))));
  if ((await raw.heard((text) => text.includes('"hello"'))) === null) throw new Error("the socket did not open");
  return raw;
}

export function upgradeRequest(url: string, ticket: string): string {
  return [
    `GET /v1/socket?ticket=${encodeURIComponent(ticket)}&version=1 HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "\r\n",
  ].join("\r\n");
}

/** Connected, and nothing said yet. */
export async function rawLine(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const tcp = connect(Number(port), hostname);
  const texts: string[] = [];
  const waiting = new Set<() => void>();
  const closed = Promise.withResolvers<number>();
  const state = { closed: false, pongs: 0 };
  const finish = (code: number) => {
    state.closed = true;
    closed.resolve(code);
    for (const look of waiting) look();
  };
  const read = reader({
    text(text) {
      texts.push(text);
      for (const look of waiting) look();
    },
    pong: () => void (state.pongs += 1),
    close: finish,
  });
  tcp.on("data", read);
  tcp.on("error", () => undefined);
  tcp.on("close", () => finish(0));
  await once(tcp, "connect");
  return {
    tcp,
    texts,
    get pongs() {
      return state.pongs;
    },
    closed: closed.promise,
    isClosed: () => state.closed,
    write: (bytes) => void (tcp.destroyed || tcp.write(bytes)),
    heard: async (matches) =>
      await new Promise((resolve) => {
        const look = () => {
          const text = texts.find(matches);
          if (text === undefined && !state.closed) return;
          waiting.delete(look);
          resolve(text ?? null);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.dispose]: () => void tcp.destroy(),
  };
}

export interface FrameOptions {
  opcode?: number;
  fin?: boolean;
  masked?: boolean;
  /** The reserved bits, as they stand in the first byte. */
  reserved?: number;
  /** What the header says instead of the true length. */
  claimedLength?: bigint;
}

/** A client's frame. */
export function frame(payload: string | Uint8Array, options: FrameOptions = {}): Uint8Array {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const { opcode = 1, fin = true, masked = true, reserved = 0, claimedLength = BigInt(bytes.length) } = options;
  const first = (fin ? 0x80 : 0) | reserved | opcode;
  const mask = masked ? 0x80 : 0;
  const head = Buffer.alloc(10);
  head[0] = first;
  let headBytes = 2;
  if (claimedLength < 126n) head[1] = mask | Number(claimedLength);
  else if (claimedLength < 65_536n) {
    head[1] = mask | 126;
    head.writeUInt16BE(Number(claimedLength), 2);
    headBytes = 4;
  } else {
    head[1] = mask | 127;
    head.writeBigUInt64BE(claimedLength, 2);
    headBytes = 10;
  }
  // A mask of zeros leaves the payload readable.
  return Buffer.concat([head.subarray(0, headBytes), masked ? Buffer.alloc(4) : Buffer.alloc(0), bytes]);
}

/** Reads the answer to the upgrade, then the server's frames. Bytes are joined once there are enough for a frame. */
function reader(on: { text: (text: string) => void; pong: () => void; close: (code: number) => void }) {
  let parts: Buffer[] = [];
  let [held, needed] = [0, 0];
  let upgraded = false;
  return (bytes: Buffer) => {
    parts.push(bytes);
    held += bytes.length;
    if (held < needed) return;
    let rest = Buffer.concat(parts);
    if (!upgraded) {
      const end = rest.indexOf("\r\n\r\n");
      upgraded = end >= 0 && rest.subarray(0, 12).toString("latin1") === "HTTP/1.1 101";
      if (upgraded) rest = rest.subarray(end + 4);
    }
    while (upgraded && rest.length >= (needed = frameBytes(rest))) {
      handle(rest.subarray(0, needed), on);
      rest = rest.subarray(needed);
    }
    [parts, held] = [[rest], rest.length];
  };
}

function handle(whole: Buffer, on: Parameters<typeof reader>[0]): void {
  const opcode = (whole[0] ?? 0) & 0x0f;
  const payload = whole.subarray(headBytes(whole));
  if (opcode === 1) on.text(payload.toString());
  if (opcode === 10) on.pong();
  if (opcode === 8) on.close(payload.length >= 2 ? payload.readUInt16BE(0) : 1005);
}

/** How long the frame is that begins here, as far as that can be seen. */
function frameBytes(bytes: Buffer): number {
  const head = headBytes(bytes);
  if (bytes.length < head) return head;
  const short = (bytes[1] ?? 0) & 0x7f;
  return head + (short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short);
}

function headBytes(bytes: Buffer): number {
  if (bytes.length < 2) return 2;
  const short = (bytes[1] ?? 0) & 0x7f;
  return short === 126 ? 4 : short === 127 ? 10 : 2;
}
