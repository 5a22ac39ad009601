import { limits } from "@sotto/protocol/limits.ts";
import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Conversation, Message, SendDecision } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { actionOf, localError, toSottoError } from "./error.ts";
import type { Inbox } from "./inbox.ts";
import type {
  Content,
  ConversationHandle,
  ConversationState,
  ConversationUpdate,
  EditOptions,
  Outgoing,
} from "./interface.ts";
import { catchUp, hasGap, prepend, receive, startLog, type MessageLog } from "./message-log.ts";
import type { Outbox } from "./outbox.ts";
import { ReadMarker } from "./read-marker.ts";
import { createState } from "./state.ts";
import type { Storage, Target } from "./store/storage.ts";

/** An event that overtook another one is usually followed by it at once; only then ask. */
const gapPatienceMs = 150;
const faultPatienceMs = 2_000;
const saveDelayMs = 500;
const storedMessages = 50;
const earlyMost = 200;

export interface ThreadOptions {
  target: Target;
  call: Call;
  inbox: Inbox;
  outbox: Outbox;
  storage: Storage;
}

/** One conversation as it is looked at: by its id, or by its person, whose conversation may be made by the first message. */
export class Thread implements ConversationHandle {
  readonly state = createState<ConversationState>(emptyState);
  readonly target: Target;
  private readonly options: ThreadOptions;
  private readonly marker: ReadMarker;
  private log: MessageLog | undefined;
  /** Events that came while the first page was on its way. */
  private early: Message[] = [];
  private opened = false;
  private maySend: SendDecision | null = null;
  private loading = false;
  private problem: ConversationState["problem"] = null;
  private refreshing: Promise<void> | undefined;
  private pulling: Promise<void> | undefined;
  private loadingOlder: Promise<void> | undefined;
  private gapTimer: Timer | undefined;
  private saveTimer: Timer | undefined;

  constructor(options: ThreadOptions) {
    this.options = options;
    this.target = { ...options.target };
    this.marker = new ReadMarker(options);
    this.publish();
  }

  get isOpen(): boolean {
    return this.opened;
  }

  get isLoaded(): boolean {
    return this.log !== undefined;
  }

  isAbout(target: Target): boolean {
    const { conversationId, personId } = this.target;
    if (conversationId !== undefined && target.conversationId === conversationId) return true;
    return personId !== undefined && target.personId === personId;
  }

  open(): Promise<void> {
    this.opened = true;
    return this.refresh();
  }

  close(): void {
    this.opened = false;
    clearTimeout(this.gapTimer);
  }

  /** The stored messages at once, then what changed since, and the decision. A fault is in `state.problem`. */
  refresh(): Promise<void> {
    this.refreshing ??= this.load().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  async loadOlder(): Promise<void> {
    this.loadingOlder ??= this.pullOlder().finally(() => (this.loadingOlder = undefined));
    await this.loadingOlder;
  }

  async loadNewer(): Promise<void> {}

  async jumpTo(where: { messageId: string } | { seq: number }): Promise<number> {
    const seq = "seq" in where ? where.seq : (await this.call("messages.get", where)).seq;
    return seq;
  }

  toLatest(): void {}

  send(content: Content): string {
    return this.options.outbox.add({ target: { ...this.target }, ...content });
  }

  forward(messageId: string, to: { conversationId: string } | { personId: string }): string {
    const { conversationId = "" } = this.target;
    const text = this.log?.messages.find((one) => one.id === messageId)?.text ?? "";
    return this.options.outbox.add({ target: { ...to }, text, forwardOf: { conversationId, messageId } });
  }

  async edit(messageId: string, text: string, options: EditOptions = {}): Promise<void> {
    const { mentionIds, previewId } = options;
    const more = { ...(mentionIds && { mentionIds: [...mentionIds] }), ...(previewId !== undefined && { previewId }) };
    await this.call("messages.edit", { messageId, text, ...more });
  }

  async react(messageId: string, emoji: string): Promise<void> {
    await this.call("messages.react", { messageId, emoji });
  }

  async unreact(messageId: string, emoji: string): Promise<void> {
    await this.call("messages.unreact", { messageId, emoji });
  }

  async pin(messageId: string): Promise<void> {
    await this.call("messages.pin", { messageId });
  }

  async unpin(messageId: string): Promise<void> {
    await this.call("messages.unpin", { messageId });
  }

  async hide(messageIds: readonly string[]): Promise<void> {
    await this.call("messages.hide", { messageIds: [...messageIds] });
  }

  async update(change: ConversationUpdate): Promise<void> {
    await this.call("conversations.update", change);
  }

  openOnce(messageId: string) {
    return this.call("messages.openOnce", { messageId });
  }

  async closeOnce(messageId: string): Promise<void> {
    await this.call("messages.closeOnce", { messageId });
  }

  saveDraft(text: string, replyToId: string | null = null): void {
    const writtenAt = new Date().toISOString();
    this.call("conversations.saveDraft", { text, replyToId, writtenAt }).catch(() => undefined);
  }

  typing(): void {
    this.call("conversations.typing", { typing: true }).catch(() => undefined);
  }

  /** A command about this conversation; there is nothing to do it to in one that has not begun. */
  private async call<N extends CommandName>(
    name: N,
    input: Omit<CommandInput<N>, "conversationId">,
  ): Promise<CommandOutput<N>> {
    const { conversationId } = this.target;
    if (conversationId === undefined) throw localError("not_found");
    return this.options.call(name, { ...input, conversationId } as CommandInput<N>);
  }

  retry(clientId: string): void {
    this.options.outbox.retry(clientId);
  }

  cancel(clientId: string): void {
    this.options.outbox.cancel(clientId);
  }

  async unsend(messageId: string): Promise<void> {
    await this.call("messages.unsend", { messageId });
  }

  markRead(seq: number): void {
    if (this.target.conversationId !== undefined) this.marker.move(this.target.conversationId, seq);
  }

  /** A message of this conversation: from an event, or from the answer to a command. */
  receive(message: Message): void {
    if (!this.log) {
      if (this.opened) this.early = [...this.early, message].slice(-earlyMost);
      return;
    }
    this.setLog(receive(this.log, message));
    if (hasGap(this.log) && this.opened) this.soonCatchUp();
  }

  /** Resolves when the message is among those held, so that it never vanishes between outbox and log. */
  async settled(message: Message): Promise<void> {
    this.receive(message);
    if (this.opened && (!this.log || hasGap(this.log))) await this.pull().catch(() => undefined);
  }

  /** The inbox holds something new about a conversation. */
  noticed(conversation: Conversation): void {
    if (!this.bind(conversation)) return;
    if (conversation.state === "hidden") return this.drop(conversation.id);
    if (this.opened && !this.refreshing && this.isBehind()) this.soonCatchUp();
    this.publish();
  }

  /** Declined or left (R8): what is held of it goes, from this device too. */
  private drop(conversationId: string): void {
    clearTimeout(this.saveTimer);
    this.forget();
    void this.options.storage.saveLog(conversationId, undefined);
  }

  /** The server started anew (R15): nothing held is worth anything. */
  forget(): void {
    this.log = undefined;
    this.early = [];
    this.publish();
    if (this.opened) void this.refresh();
  }

  /** The conversation itself goes from the answer to the inbox, and from there to `noticed`, like every other one. */
  async refreshDecision(): Promise<void> {
    const { conversationId, personId } = this.target;
    const { call } = this.options;
    if (conversationId !== undefined) {
      const answer = await call("conversations.get", { conversationId });
      this.maySend = answer.maySend;
    } else if (personId !== undefined) {
      const answer = await call("conversations.withPerson", { personId });
      this.maySend = answer.maySend;
    }
    this.publish();
  }

  publish(): void {
    const { inbox, outbox } = this.options;
    const conversation = this.target.conversationId === undefined ? undefined : inbox.get(this.target.conversationId);
    const messages = this.log?.messages ?? emptyState.messages;
    const arrived = new Set(messages.slice(-storedMessages).map((one) => one.clientId));
    const outgoing = outbox.outgoing((target) => this.isAbout(target)).filter((one) => !arrived.has(one.clientId));
    const before = this.state.get();
    const next: ConversationState = {
      conversation: conversation ?? null,
      maySend: this.maySend,
      messages,
      outgoing: sameItems(before.outgoing, outgoing) ? before.outgoing : outgoing,
      hasOlder: this.log?.hasOlder ?? false,
      hasNewer: false,
      waiting: emptyState.waiting,
      draft: conversation?.draft ?? null,
      typing: emptyState.typing,
      receipts: conversation?.receipts ?? emptyState.receipts,
      loading: this.loading,
      problem: this.problem,
    };
    if (!sameFields(before, next)) this.state.set(next);
  }

  private async load(): Promise<void> {
    this.loading = true;
    this.problem = null;
    this.publish();
    try {
      await this.restoreLog();
      if (this.target.conversationId === undefined) await this.refreshDecision();
      else await Promise.all([this.refreshDecision(), this.pull()]);
      if (!this.log) await this.pull();
      this.marker.resume();
    } catch (error) {
      this.problem = toSottoError(error).problem;
    }
    this.loading = false;
    this.publish();
    // The conversation may have begun meanwhile.
    if (this.opened && this.problem === null && this.isBehind()) this.soonCatchUp();
  }

  private async restoreLog(): Promise<void> {
    const { conversationId } = this.target;
    if (this.log || conversationId === undefined) return;
    const stored = await this.options.storage.loadLog(conversationId);
    if (stored && !this.log) this.setLog(startLog({ ...stored, items: stored.messages }));
  }

  /** Everything after what is held; one at a time. */
  private pull(): Promise<void> {
    this.pulling ??= this.pullChanges().finally(() => (this.pulling = undefined));
    return this.pulling;
  }

  private async pullChanges(): Promise<void> {
    const { conversationId } = this.target;
    if (conversationId === undefined) return;
    const after = this.log?.change;
    if (after === undefined) return this.pullNewest(conversationId);
    const pulled = await this.options.call("messages.changes", { conversationId, after, limit: limits.changesPerPull });
    // Away for so long that the newest page is the shorter way; what is older is loaded again when asked for.
    if (pulled.hasMore) return this.pullNewest(conversationId);
    if (this.log) this.setLog(catchUp(this.log, pulled));
    if (this.log && hasGap(this.log)) this.soonCatchUp();
  }

  private async pullNewest(conversationId: string): Promise<void> {
    const page = await this.options.call("messages.list", { conversationId });
    const waiting = [...(this.log?.ahead ?? []), ...this.early];
    this.early = [];
    this.setLog(waiting.reduce(receive, startLog(page)));
  }

  private async pullOlder(): Promise<void> {
    const { conversationId } = this.target;
    const before = this.log?.messages[0]?.seq;
    if (conversationId === undefined || before === undefined || !this.log?.hasOlder) return;
    const page = await this.options.call("messages.list", { conversationId, before });
    // A reload in the meantime has its own beginning.
    if (this.log?.messages[0]?.seq === before) this.setLog(prepend(this.log, page));
  }

  private soonCatchUp(delayMs = gapPatienceMs): void {
    clearTimeout(this.gapTimer);
    this.gapTimer = setTimeout(() => {
      if (!this.opened || !this.isBehind()) return;
      this.pull().catch((error: unknown) => {
        if (actionOf(toSottoError(error).code) === "retry") this.soonCatchUp(faultPatienceMs);
      });
    }, delayMs);
  }

  private isBehind(): boolean {
    const { conversationId } = this.target;
    if (conversationId === undefined) return false;
    const change = this.options.inbox.get(conversationId)?.change ?? 0;
    return !this.log || hasGap(this.log) || this.log.change < change;
  }

  private bind(conversation: Conversation): boolean {
    const { target } = this;
    const personId = conversation.kind === "direct" ? conversation.people[0]?.id : undefined;
    const isOurs = this.isAbout({ conversationId: conversation.id, ...(personId !== undefined && { personId }) });
    if (!isOurs) return false;
    target.conversationId ??= conversation.id;
    if (personId !== undefined) target.personId ??= personId;
    return true;
  }

  private setLog(log: MessageLog): void {
    if (log === this.log) return;
    this.log = log;
    this.publish();
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => this.save(), saveDelayMs);
  }

  private save(): void {
    const { conversationId } = this.target;
    if (!this.log || conversationId === undefined) return;
    const { messages, change, hasOlder } = this.log;
    const newest = messages.slice(-storedMessages);
    const isCut = newest.length < messages.length;
    void this.options.storage.saveLog(conversationId, { messages: newest, change, hasOlder: hasOlder || isCut });
  }
}

const emptyState: ConversationState = {
  conversation: null,
  maySend: null,
  messages: [],
  outgoing: [],
  hasOlder: false,
  hasNewer: false,
  waiting: [],
  draft: null,
  typing: [],
  receipts: [],
  loading: false,
  problem: null,
};

function sameItems(a: readonly Outgoing[], b: readonly Outgoing[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

function sameFields(a: ConversationState, b: ConversationState): boolean {
  const keys = Object.keys(b) as (keyof ConversationState)[];
  return keys.every((key) => a[key] === b[key]);
}

type Timer = ReturnType<typeof setTimeout>;
