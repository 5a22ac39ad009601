import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Event } from "@sotto/protocol/events.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { Somebody } from "../../../apps/server/test/api-kit.ts";
import type { Draw } from "../draw.ts";
import { isUncertain, okOf, type History, type Outcome, type View } from "../history.ts";
import type { Chat } from "../world.ts";
import type { Device, OwnSend, SendContent } from "./device.ts";
import { Held } from "./held.ts";
import { callHttp } from "./over-http.ts";
import { dial, type RawSocket } from "./socket.ts";
import { untilReady, uploadPhoto } from "./upload.ts";

export interface RawOptions {
  name: string;
  person: Somebody;
  chats: readonly Chat[];
  history: History;
  /** Addresses of the nodes, each through its line. */
  urls: readonly string[];
  /** For its pauses, and for which node is next. */
  draw: Draw;
  /** Commands go by HTTP; the socket only listens. */
  byHttp: boolean;
}

/** A client of the raw protocol: one socket, opened again (on any node) when it is gone, and `Held` beside it. */
export class RawDevice implements Device {
  readonly isSdk = false;
  readonly name: string;
  readonly person: Somebody;
  readonly sent: OwnSend[] = [];
  readonly held = new Held();
  private readonly options: RawOptions;
  private readonly draw: Draw;
  private socket: RawSocket | null = null;
  private running = false;
  private made = 0;
  private syncing: Promise<void> | null = null;
  private readonly fetching = new Map<string, Promise<void>>();

  constructor(options: RawOptions) {
    this.options = options;
    this.name = options.name;
    this.person = options.person;
    this.draw = options.draw;
  }

  chats(): readonly Chat[] {
    return this.options.chats;
  }

  cursor(): string | null {
    return this.held.cursor;
  }

  known(conversationId: string): { change: number; lastSeq: number } {
    const { change } = this.held.logOf(conversationId);
    return { change, lastSeq: this.held.summaries.get(conversationId)?.lastSeq ?? 0 };
  }

  start(): void {
    this.running = true;
    void this.keepConnected();
  }

  stop(): void {
    this.running = false;
    this.socket?.close();
  }

  async call(kind: string, command: CommandName, input: Record<string, unknown>): Promise<Outcome> {
    const { history, name, person } = this.options;
    return await history.record({ device: name, personId: person.id, kind, command, input }, async () => {
      const socket = this.options.byHttp ? null : this.socket;
      if (socket?.isOpen()) return await socket.call(command, input);
      return await callHttp(this.anyUrl(), person.token, command, input);
    });
  }

  async send(kind: string, content: SendContent): Promise<void> {
    const { conversationId, text, photo, replyToId } = content;
    const mediaIds: string[] = [];
    if (photo) {
      const mediaId = await uploadPhoto(this.anyUrl(), this.person.token, photo);
      if (mediaId === null || !(await untilReady(this, mediaId, () => this.running))) return;
      mediaIds.push(mediaId);
    }
    const own: OwnSend = { conversationId, clientId: this.nextClientId(), text, mediaIds, messageId: null };
    if (replyToId !== undefined) own.replyToId = replyToId;
    this.sent.push(own);
    await this.sendUntilSettled(kind, own);
  }

  async catchUp(): Promise<void> {
    await this.syncing;
    await this.sync();
    for (const id of this.held.summaries.keys()) if (this.held.isBehind(id)) await this.fetch(id);
  }

  finalSummaries(): Held["summaries"] {
    return this.held.summaries;
  }

  finalViews(): View[] {
    return [...this.held.logs].map(([conversationId, log]) => ({
      device: this.name,
      personId: this.person.id,
      conversationId,
      atMs: performance.now(),
      last: true,
      messages: [...log.messages.values()].toSorted((a, b) => a.seq - b.seq),
    }));
  }

  private async sendUntilSettled(kind: string, own: OwnSend): Promise<void> {
    const { messageId: _, ...input } = own;
    while (this.running) {
      const outcome = await this.call(kind, "messages.send", input);
      own.messageId = okOf<Message>(outcome)?.id ?? null;
      const again = isUncertain(outcome) || (outcome.is === "refused" && outcome.code === "rate_limited");
      if (!again) return;
      await Bun.sleep(200 + this.draw.below(600));
    }
  }

  private nextClientId(): string {
    this.made += 1;
    return `${this.name}-${this.made}`;
  }

  private anyUrl(): string {
    return this.draw.pick(this.options.urls) ?? "";
  }

  private async keepConnected(): Promise<void> {
    while (this.running) {
      const closed = Promise.withResolvers<void>();
      this.socket = await this.connect(() => closed.resolve());
      if (this.socket) {
        void this.sync();
        await closed.promise;
      }
      await Bun.sleep(50 + this.draw.below(400));
    }
  }

  private async connect(onClosed: () => void): Promise<RawSocket | null> {
    const url = this.anyUrl();
    const answer = okOf<{ ticket: string }>(await callHttp(url, this.person.token, "socketTickets.create", {}));
    if (!answer) return null;
    const address = `${url.replace("http", "ws")}/v1/socket?ticket=${encodeURIComponent(answer.ticket)}&version=1`;
    return await dial(address, { onClosed, onEvent: (event, openedMs) => this.hear(event, openedMs) });
  }

  private hear(event: Event, openedMs: number): void {
    const { name, person, history } = this.options;
    history.heard.push({ device: name, personId: person.id, openedMs, atMs: performance.now(), event });
    const next = this.held.take(event);
    if (next.pull) void this.sync();
    for (const id of next.behind) void this.fetch(id);
  }

  /** One pull at a time; news that come while it runs are noticed by the next event, or by the last catching up. */
  private sync(): Promise<void> {
    this.syncing ??= this.pullAll().finally(() => (this.syncing = null));
    return this.syncing;
  }

  private async pullAll(): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const { cursor } = this.held;
      const outcome = await this.call("sync", "sync.pull", cursor === null ? {} : { cursor });
      const answer = okOf<CommandOutput<"sync.pull">>(outcome);
      // An event moved the cursor meanwhile: the answer is still about everything after the one that was asked with.
      if (!answer) return;
      for (const id of this.held.pulled(answer)) void this.fetch(id);
      hasMore = answer.hasMore;
    }
  }

  /** One at a time for each conversation. */
  private fetch(conversationId: string): Promise<void> {
    const under = this.fetching.get(conversationId);
    if (under) return under;
    const work = this.fetchChanges(conversationId).finally(() => this.fetching.delete(conversationId));
    this.fetching.set(conversationId, work);
    return work;
  }

  private async fetchChanges(conversationId: string): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const after = this.held.logOf(conversationId).change;
      const outcome = await this.call("changes", "messages.changes", { conversationId, after });
      const answer = okOf<CommandOutput<"messages.changes">>(outcome);
      if (!answer) return;
      this.held.changed(conversationId, answer);
      hasMore = answer.hasMore;
    }
  }
}
