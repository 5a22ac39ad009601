import type { CommandInput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { createSotto } from "@sotto/sdk/client.ts";
import { SottoError } from "@sotto/sdk/error.ts";
import type { ConversationHandle, Sotto } from "@sotto/sdk/interface.ts";
import type { Somebody } from "../../../apps/server/test/api-kit.ts";
import { okOf, type History, type Outcome, type View } from "../history.ts";
import type { Chat } from "../world.ts";
import type { Device, OwnSend, SendContent } from "./device.ts";

const sampleMs = 300;

export interface SdkOptions {
  name: string;
  person: Somebody;
  chats: readonly Chat[];
  history: History;
  url: string;
  /** How long it may take to find out by itself what it missed. */
  convergeWithinMs: number;
}

/** A client that is the real SDK, as the web app uses it: every conversation of the person is open all the time. */
export class SdkDevice implements Device {
  readonly isSdk = true;
  readonly name: string;
  readonly person: Somebody;
  readonly sent: OwnSend[] = [];
  private readonly options: SdkOptions;
  private readonly sotto: Sotto;
  private readonly handles = new Map<string, ConversationHandle>();
  private readonly sampled = new Map<string, { atMs: number; messages: readonly Message[] }>();
  private running = false;

  constructor(options: SdkOptions) {
    this.options = options;
    this.name = options.name;
    this.person = options.person;
    this.sotto = createSotto({ url: options.url, credential: { kind: "bearer", token: options.person.token } });
  }

  chats(): readonly Chat[] {
    return this.options.chats;
  }

  cursor(): null {
    return null;
  }

  known(conversationId: string): { change: number; lastSeq: number } {
    const { change = 0, lastSeq = 0 } = this.handles.get(conversationId)?.state.get().conversation ?? {};
    return { change, lastSeq };
  }

  start(): void {
    this.running = true;
    this.sotto.start();
    for (const { id } of this.options.chats) {
      const handle = this.sotto.conversation(id);
      this.handles.set(id, handle);
      handle.state.subscribe(() => this.sample(id, handle));
      void handle.open();
    }
  }

  stop(): void {
    this.running = false;
    for (const handle of this.handles.values()) handle.close();
    this.sotto.stop();
  }

  async call(kind: string, command: CommandName, input: Record<string, unknown>): Promise<Outcome> {
    const { history, name, person } = this.options;
    return await history.record({ device: name, personId: person.id, kind, command, input }, async () => {
      try {
        return { is: "ok", output: await this.sotto.call(command, input as CommandInput<typeof command>) };
      } catch (error) {
        return error instanceof SottoError ? { is: "refused", code: error.code } : { is: "lost" };
      }
    });
  }

  async send(kind: string, content: SendContent): Promise<void> {
    const { conversationId, text, photo, replyToId } = content;
    const { history, name, person } = this.options;
    const handle = this.handles.get(conversationId);
    if (!handle) return;
    const files = photo ? [new Blob([new Uint8Array(photo)], { type: "image/jpeg" })] : [];
    const clientId = handle.send({ text, files, ...(replyToId !== undefined && { replyToId }) });
    const own: OwnSend = { conversationId, clientId, text, mediaIds: [], messageId: null };
    if (replyToId !== undefined) own.replyToId = replyToId;
    this.sent.push(own);
    const input = { conversationId, clientId, text, ...(replyToId !== undefined && { replyToId }) };
    await history.record({ device: name, personId: person.id, kind, command: "messages.send", input }, async () => {
      const outcome = await this.settled(handle, clientId);
      const message = okOf<Message>(outcome);
      own.messageId = message?.id ?? null;
      own.mediaIds = message?.media.map((one) => one.id) ?? [];
      return outcome;
    });
  }

  async catchUp(goal: ReadonlyMap<string, number>): Promise<void> {
    const giveUpMs = performance.now() + this.options.convergeWithinMs;
    const isThere = () => [...goal].every(([id, change]) => this.known(id).change >= change);
    while (!isThere() && performance.now() < giveUpMs) await Bun.sleep(50);
    for (const handle of this.handles.values()) {
      await handle.refresh();
      // What the person left is refused, and judged no more.
      await loadEverything(handle).catch(() => undefined);
    }
  }

  finalSummaries(): Map<string, { change: number; lastSeq: number; readSeq: number }> {
    const { conversations, requests } = this.sotto.inbox.get();
    return new Map([...conversations, ...requests].map((one) => [one.id, one]));
  }

  finalViews(): View[] {
    return [...this.handles].map(([conversationId, handle]) =>
      this.view({ conversationId, messages: handle.state.get().messages, last: true }),
    );
  }

  /** Shown as sent (R13): among the messages, and not on its way any more. */
  private async settled(handle: ConversationHandle, clientId: string): Promise<Outcome> {
    while (this.running) {
      const { messages, outgoing } = handle.state.get();
      const waiting = outgoing.find((one) => one.clientId === clientId);
      const message = messages.findLast((one) => one.clientId === clientId);
      if (message && !waiting) return { is: "ok", output: message };
      if (waiting?.state === "failed") return { is: "refused", code: waiting.problem?.code ?? "internal" };
      await Bun.sleep(25);
    }
    return { is: "lost" };
  }

  private sample(conversationId: string, handle: ConversationHandle): void {
    const { messages } = handle.state.get();
    const before = this.sampled.get(conversationId);
    const atMs = performance.now();
    if (before && (before.messages === messages || atMs - before.atMs < sampleMs)) return;
    this.sampled.set(conversationId, { atMs, messages });
    this.options.history.views.push(this.view({ conversationId, messages, last: false }));
  }

  private view(shown: Pick<View, "conversationId" | "messages" | "last">): View {
    return { device: this.name, personId: this.person.id, atMs: performance.now(), ...shown };
  }
}

async function loadEverything(handle: ConversationHandle): Promise<void> {
  for (let page = 0; handle.state.get().hasOlder && page < 100; page += 1) await handle.loadOlder();
}
