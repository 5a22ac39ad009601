import type { CommandName } from "@sotto/protocol/paths.ts";
import { protocolVersion } from "@sotto/protocol/version.ts";
import { backOffMs } from "./back-off.ts";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { actionOf, toSottoError } from "./error.ts";
import { parseFrame, type Frame, type Hello, type SocketEvent } from "./frames.ts";
import type { Http } from "./http.ts";
import type { ConnectionState } from "./interface.ts";
import { SocketCalls } from "./socket-calls.ts";
import { createState } from "./state.ts";

const helloTimeoutMs = 10_000;
const steadyAfterMs = 10_000;
const blockedAfter = 2;
const idleProbeMs = 45_000;
const wokenProbeMs = 5_000;

/**
 * The socket, kept open. Modes:
 *
 * - `idle`: not started, or stopped. Leaves by `start`.
 * - `ticket`: asking for a one-time ticket over HTTP. A refusal that is about the session → `over`; a fault → `waiting`.
 * - `handshake`: the socket is opening, or open and without its hello. Hello → `online`; close or silence → `waiting`.
 * - `online`: commands and events flow. Close → `waiting`, or `over` by its close code.
 * - `waiting`: until the back-off is over, or the device says that the network is back → `ticket`.
 * - `over`: signed out, or the versions do not fit. Only `start` leaves it.
 *
 * `stop` leads to `idle` from everywhere. Every mode carries what it must clean up; `enter` does so.
 */
type Mode =
  | { is: "idle" }
  | { is: "ticket"; aborted: boolean }
  | { is: "handshake"; socket: WebSocket; timer: Timer }
  | { is: "online"; socket: WebSocket; calls: SocketCalls; timer: Timer; heardAtMs: number; sinceMs: number }
  | { is: "waiting"; timer: Timer; retryAtMs: number }
  | { is: "over"; as: "signed_out" | "version_unsupported" };

export interface ConnectionOptions {
  http: Http;
  onHello: (hello: Hello) => void;
  onEvent: (event: SocketEvent) => void;
  /** The server answers over HTTP, and its socket does not open. */
  onBlocked: () => void;
  /** Asked when nothing was heard for a while: any answer proves the line, and this one heals what was missed. */
  probe: () => void;
}

export class Connection {
  readonly state = createState<ConnectionState>({ is: "idle" });
  private readonly options: ConnectionOptions;
  private mode: Mode = { is: "idle" };
  private attempt = 0;
  /** The server asked us to stay away until then. */
  private notBeforeMs = 0;
  /** The server's clock less this device's. */
  clockOffsetMs = 0;
  private unwatch: () => void = () => undefined;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  start(): void {
    if (this.mode.is !== "idle" && this.mode.is !== "over") return;
    this.unwatch();
    this.unwatch = watchDevice({ onOnline: () => this.wake(), onOffline: () => this.suspect() });
    this.attempt = 0;
    void this.connect();
  }

  stop(): void {
    this.unwatch();
    this.enter({ is: "idle" });
  }

  /** The session is over; told by the server over HTTP. */
  signedOut(): void {
    if (this.mode.is !== "idle" && this.state.get().is !== "signed_out") this.enter({ is: "over", as: "signed_out" });
  }

  /** Resolves once the session is known to be over. */
  over(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.state.get().is !== "signed_out") return;
        unwatch();
        resolve();
      };
      const unwatch = this.state.subscribe(look);
      look();
    });
  }

  /** Undefined when the socket is not open. Rejects with `SocketLost` when it goes before the answer. */
  call(command: CommandName, input: object): Promise<unknown> | undefined {
    return this.mode.is === "online" ? this.mode.calls.call(command, input) : undefined;
  }

  /** A time of the server's clock, in this device's. */
  toLocalMs(serverTime: string): number {
    return Date.parse(serverTime) - this.clockOffsetMs;
  }

  /** Now, by the server's clock as far as it is known. */
  serverNowMs(): number {
    return Date.now() + this.clockOffsetMs;
  }

  /** As it was when this device was last connected. */
  supposeClock(offsetMs: number): void {
    if (this.mode.is !== "online") this.clockOffsetMs = offsetMs;
  }

  private async connect(): Promise<void> {
    const mode: Mode = { is: "ticket", aborted: false };
    this.enter(mode);
    try {
      const { ticket, url } = await this.options.http.call("socketTickets.create", {});
      if (!mode.aborted) this.open(socketUrl(this.options.http.url, { ticket, url }));
    } catch (error) {
      if (mode.aborted) return;
      const { code } = toSottoError(error);
      if (actionOf(code) === "sign_in") this.enter({ is: "over", as: "signed_out" });
      else if (code === "version_unsupported") this.enter({ is: "over", as: code });
      else this.wait();
    }
  }

  private open(url: string): void {
    // A runtime without sockets, like Node before 22, is like a network without them.
    if (typeof WebSocket === "undefined") {
      this.options.onBlocked();
      return this.wait();
    }
    const socket = new WebSocket(url);
    socket.addEventListener("message", ({ data }) => this.heard(socket, String(data)));
    socket.addEventListener("close", ({ code }) => this.closed(socket, code));
    // The close that follows an error says all there is.
    socket.addEventListener("error", () => undefined);
    const timer = setTimeout(() => this.closed(socket, 0), helloTimeoutMs);
    this.enter({ is: "handshake", socket, timer });
  }

  private heard(socket: WebSocket, text: string): void {
    if (!("socket" in this.mode) || this.mode.socket !== socket) return;
    if (this.mode.is === "online") this.mode.heardAtMs = Date.now();
    const frame = parseFrame(text);
    if (frame) this.take(socket, frame);
  }

  private take(socket: WebSocket, frame: Frame): void {
    if (frame.is === "hello") return this.welcome(socket, frame.hello);
    if (this.mode.is !== "online") return;
    if (frame.is === "answer") return this.mode.calls.settle(frame);
    if (frame.event.event === "reconnect") this.notBeforeMs = this.toLocalMs(frame.event.at);
    else this.options.onEvent(frame.event);
  }

  private welcome(socket: WebSocket, hello: Hello): void {
    const nowMs = Date.now();
    const calls = new SocketCalls({ send: (text) => socket.send(text), onSilence: () => this.closed(socket, 0) });
    const timer = setInterval(() => this.checkIdle(idleProbeMs), wokenProbeMs);
    this.clockOffsetMs = Date.parse(hello.now) - nowMs;
    this.enter({ is: "online", socket, calls, timer, heardAtMs: nowMs, sinceMs: nowMs });
    this.options.onHello(hello);
  }

  private closed(socket: WebSocket, code: number): void {
    if (!("socket" in this.mode) || this.mode.socket !== socket) return;
    if (this.mode.is === "online" && Date.now() - this.mode.sinceMs > steadyAfterMs) this.attempt = 0;
    if (code === closeCodes.sessionOver) this.enter({ is: "over", as: "signed_out" });
    else if (code === closeCodes.version) this.enter({ is: "over", as: "version_unsupported" });
    else {
      // This person has more windows open than the server keeps: coming back at once would only close another.
      if (code === closeCodes.tooMany) this.notBeforeMs = Date.now() + 60_000;
      if (this.mode.is === "handshake" && this.attempt >= blockedAfter) this.options.onBlocked();
      this.wait();
    }
  }

  private wait(): void {
    const nowMs = Date.now();
    const delayMs = Math.max(backOffMs(this.attempt++), Math.min(this.notBeforeMs - nowMs, 60_000));
    this.notBeforeMs = 0;
    const timer = setTimeout(() => void this.connect(), delayMs);
    this.enter({ is: "waiting", timer, retryAtMs: nowMs + delayMs });
  }

  /** The network is back, or the page is looked at again. */
  private wake(): void {
    if (this.mode.is === "waiting") void this.connect();
    else this.checkIdle(wokenProbeMs);
  }

  /** The device says that the network is gone: find out at once instead of after the time limit. */
  private suspect(): void {
    this.checkIdle(0);
  }

  private checkIdle(quietMs: number): void {
    const { mode } = this;
    if (mode.is === "online" && !mode.calls.busy && Date.now() - mode.heardAtMs >= quietMs) this.options.probe();
  }

  private enter(next: Mode): void {
    const last = this.mode;
    this.mode = next;
    if ("timer" in last) clearTimeout(last.timer);
    if (last.is === "ticket") last.aborted = true;
    if ("socket" in last && !("socket" in next && next.socket === last.socket)) last.socket.close();
    this.state.set(shown(next, this.state.get()));
    if (last.is === "online") last.calls.loseAll();
  }
}

function shown(mode: Mode, before: ConnectionState): ConnectionState {
  switch (mode.is) {
    case "idle":
    case "online":
      return { is: mode.is };
    case "ticket":
    case "handshake":
      return before.is === "connecting" ? before : { is: "connecting" };
    case "waiting":
      return { is: "offline", retryAtMs: mode.retryAtMs };
    case "over":
      return { is: mode.as };
    default:
      return mode satisfies never;
  }
}

/** The server may name another host for its sockets; a path is on its own. */
export function socketUrl(base: string, answer: { ticket: string; url: string }): string {
  const url = new URL(answer.url, base);
  if (url.protocol === "http:" || url.protocol === "https:") url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("ticket", answer.ticket);
  url.searchParams.set("version", String(protocolVersion));
  return url.href;
}

function watchDevice(options: { onOnline: () => void; onOffline: () => void }): () => void {
  if (typeof document === "undefined") return () => undefined;
  const onVisible = () => {
    if (document.visibilityState === "visible") options.onOnline();
  };
  addEventListener("online", options.onOnline);
  addEventListener("offline", options.onOffline);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    removeEventListener("online", options.onOnline);
    removeEventListener("offline", options.onOffline);
    document.removeEventListener("visibilitychange", onVisible);
  };
}

type Timer = ReturnType<typeof setTimeout>;
