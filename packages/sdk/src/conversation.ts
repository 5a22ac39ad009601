import type { Conversation, Draft, Message, SendDecision } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import type { Changes } from "./changes.ts";
import { localError, toSottoError } from "./error.ts";
import { History } from "./history.ts";
import type { Inbox } from "./inbox.ts";
import type {
  Content,
  ConversationHandle,
  ConversationState,
  ConversationUpdate,
  EditOptions,
  Outgoing,
} from "./interface.ts";
import type { LogShelf } from "./log-shelf.ts";
import type { Outbox } from "./outbox.ts";
import { messageIds, quoteOf, withChanges } from "./overlay.ts";
import { sameFields, sameItems } from "./same.ts";
import { createState } from "./state.ts";
import type { Change, Target } from "./store/storage.ts";
import { Typing } from "./typing.ts";

/** So far back a message that was just sent is looked for among those held. */
const arrivedAmong = 100;

export interface ThreadOptions {
  target: Target;
  call: Call;
  inbox: Inbox;
  outbox: Outbox;
  changes: Changes;
  shelf: LogShelf;
  myId: () => string;
  showsTyping: () => boolean;
  /** Now, by the server's clock as far as it is known. */
  serverNowMs: () => number;
}

/** One conversation as it is looked at: by its id, or by its person, whose conversation may be made by the first message. */
export class Thread implements ConversationHandle {
  readonly state = createState<ConversationState>(emptyState);
  readonly target: Target;
  private readonly options: ThreadOptions;
  private readonly history: History;
  private readonly writing: Typing;
  private opened = false;
  private maySend: SendDecision | null = null;
  private loading = false;
  private problem: ConversationState["problem"] = null;
  private refreshing: Promise<void> | undefined;
  private stale: Promise<void> | undefined;
  /** Of a conversation that has not begun: there is nothing on the server to keep it in. */
  private early: Draft | null = null;
  private lastDraftMs = 0;
  private shownOf: { messages: readonly Message[]; pending: Change[]; result: readonly Message[] } | undefined;

  constructor(options: ThreadOptions) {
    this.options = options;
    this.target = { ...options.target };
    const conversationId = () => this.target.conversationId;
    const onChange = () => this.publish();
    this.history = new History({ ...options, conversationId, onChange });
    this.writing = new Typing({ call: options.call, conversationId, isShown: options.showsTyping, onChange });
    this.publish();
  }

  get isOpen(): boolean {
    return this.opened;
  }

  get isLoaded(): boolean {
    return this.history.isLoaded;
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

  /** Its newest messages stay, and are kept up to date. */
  close(): void {
    this.opened = false;
    this.history.leave();
  }

  /** The stored messages at once, then what changed since, and the decision. A fault is in `state.problem`. */
  refresh(): Promise<void> {
    // What is under way asks for somebody who is here no more.
    if (this.refreshing && this.refreshing === this.stale) return this.refreshing.then(() => this.refresh());
    this.refreshing ??= this.load().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Brings what is stored of it up to date, without anybody looking. */
  async freshen(): Promise<void> {
    await this.history.restore();
    if (this.history.isLoaded && this.history.isBehind) await this.history.pull();
  }

  loadOlder(): Promise<void> {
    return this.history.loadOlder();
  }

  loadNewer(): Promise<void> {
    return this.history.loadNewer();
  }

  jumpTo(where: { messageId: string } | { seq: number }): Promise<number> {
    return this.history.jumpTo(where);
  }

  toLatest(): void {
    this.history.toLatest();
  }

  keepAround(seq: number, most: { before?: number; after?: number }): void {
    this.history.keepAround(seq, most);
  }

  send(content: Content): string {
    const { replyToId } = content;
    const source = replyToId === undefined ? undefined : this.shown().find((one) => one.id === replyToId);
    const replyTo = source && quoteOf(source);
    const clientId = this.options.outbox.add({ target: { ...this.target }, ...content, ...(replyTo && { replyTo }) });
    this.writing.stopped();
    if (this.state.get().draft) this.saveDraft("");
    return clientId;
  }

  forward(messageId: string, to: { conversationId: string } | { personId: string }): string {
    const { conversationId = "" } = this.target;
    const text = this.history.find(messageId)?.text ?? "";
    return this.options.outbox.add({ target: { ...to }, text, forwardOf: { conversationId, messageId } });
  }

  retry(clientId: string): void {
    this.options.outbox.retry(clientId);
  }

  cancel(clientId: string): void {
    this.options.outbox.cancel(clientId);
  }

  edit(messageId: string, text: string, options: EditOptions = {}): Promise<void> {
    return this.change({ what: "edit", messageId, text, ...options });
  }

  react(messageId: string, emoji: string): Promise<void> {
    return this.change({ what: "react", messageId, emoji });
  }

  unreact(messageId: string, emoji: string): Promise<void> {
    return this.change({ what: "unreact", messageId, emoji });
  }

  pin(messageId: string): Promise<void> {
    return this.change({ what: "pin", messageId });
  }

  unpin(messageId: string): Promise<void> {
    return this.change({ what: "unpin", messageId });
  }

  hide(messageIds: readonly string[]): Promise<void> {
    return this.change({ what: "hide", messageIds: [...messageIds] });
  }

  unsend(messageId: string): Promise<void> {
    return this.change({ what: "unsend", messageId });
  }

  update(change: ConversationUpdate): Promise<void> {
    return this.change({ what: "update", set: { ...change } });
  }

  async openOnce(messageId: string) {
    const opened = await this.options.call("messages.openOnce", { conversationId: this.begun(), messageId });
    // In this device's time: a fast one would count the minute as over, and close for good what nobody saw.
    const leftMs = Date.parse(opened.expiresAt) - this.options.serverNowMs();
    return { ...opened, expiresAt: new Date(Date.now() + leftMs).toISOString() };
  }

  async closeOnce(messageId: string): Promise<void> {
    await this.options.call("messages.closeOnce", { conversationId: this.begun(), messageId });
  }

  saveDraft(text: string, replyToId: string | null = null): void {
    if (text === "") this.writing.stopped();
    const before = this.state.get().draft;
    if ((before?.text ?? "") === text && (before?.replyToId ?? null) === replyToId) return;
    // After what this device saw, and after what it dropped, whatever its clock says.
    const seenMs = Math.max(before ? Date.parse(before.writtenAt) : 0, this.lastDraftMs);
    this.lastDraftMs = Math.max(this.options.serverNowMs(), seenMs + 1);
    const writtenAt = new Date(this.lastDraftMs).toISOString();
    const draft = { text, replyToId, writtenAt };
    if (this.target.conversationId !== undefined) return void this.change({ what: "draft", ...draft });
    this.early = text === "" && replyToId === null ? null : draft;
    this.publish();
  }

  typing(): void {
    this.writing.mine();
  }

  typed(personId: string, isTyping: boolean): void {
    this.writing.heard(personId, isTyping);
  }

  /** Forward only (R16), shown at once. */
  markRead(seq: number): void {
    const { conversationId } = this.target;
    const held = conversationId === undefined ? undefined : this.options.inbox.get(conversationId);
    if (conversationId === undefined || seq <= (held?.readSeq ?? 0)) return;
    this.options.inbox.read(conversationId, { readSeq: seq });
    void this.options.changes.add(conversationId, { what: "read", seq });
  }

  /** A message of this conversation: from an event, or from the answer to a command. */
  receive(message: Message): void {
    this.writing.heard(message.senderId, false);
    this.history.receive(message);
  }

  /** Resolves when the message is among those held, so that it never vanishes between outbox and log. */
  async settled(message: Message): Promise<void> {
    this.history.receive(message);
    if (this.opened && this.history.isBehind) await this.history.pull().catch(() => undefined);
  }

  /** What I deleted for me is out of what is held. */
  hid(messageIds: readonly string[]): void {
    this.history.hide(messageIds);
  }

  /** The inbox holds something new about a conversation. */
  noticed(conversation: Conversation): void {
    if (!this.bind(conversation)) return;
    // Declined or left (R8): what is held of it goes, from this device too.
    if (conversation.state === "hidden") return this.forget({ stored: true });
    if (!this.refreshing && (this.opened || this.isLoaded) && this.history.isBehind) this.history.soonCatchUp();
    this.publish();
  }

  /** The server started anew (R15), or this conversation is over: nothing held is worth anything. */
  forget(options: { stored?: boolean } = {}): void {
    this.history.forget(options);
    if (this.opened) void this.refresh();
  }

  empty(): void {
    this.stale = this.refreshing;
    this.history.forget();
  }

  rest(): void {
    this.history.rest();
  }

  /** Nothing reaches it any more. */
  letGo(): void {
    this.history.letGo();
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
    const arrived = new Set(this.history.newest.slice(-arrivedAmong).map((one) => one.clientId));
    const outgoing = outbox.outgoing((target) => this.isAbout(target)).filter((one) => !arrived.has(one.clientId));
    const before = this.state.get();
    const waiting = messageIds(this.pending());
    const next: ConversationState = {
      conversation: conversation ?? null,
      maySend: this.maySend,
      messages: this.shown(),
      outgoing: sameItems<Outgoing>(before.outgoing, outgoing) ? before.outgoing : outgoing,
      hasOlder: this.history.shown?.hasOlder ?? false,
      hasNewer: this.history.shown?.hasNewer ?? false,
      waiting: sameItems(before.waiting, waiting) ? before.waiting : waiting,
      draft: conversation ? conversation.draft : this.early,
      typing: this.writing.personIds,
      receipts: conversation?.receipts ?? emptyState.receipts,
      loading: this.loading,
      problem: this.problem,
    };
    if (!sameFields(before, next)) this.state.set(next);
    this.forgetGoneQuotes(outgoing);
  }

  private forgetGoneQuotes(outgoing: readonly Outgoing[]): void {
    for (const { replyTo } of outgoing) {
      if (!replyTo || replyTo.kind === "gone") continue;
      const source = this.history.find(replyTo.messageId);
      if (source && source.unsentAt !== null) this.options.outbox.quotedIsGone(source.id);
    }
  }

  /** The same array until something changed. */
  private shown(): readonly Message[] {
    const messages = this.history.shown?.messages ?? emptyState.messages;
    const pending = this.pending();
    const { shownOf } = this;
    if (shownOf?.messages === messages && sameItems(shownOf.pending, pending)) return shownOf.result;
    const at = { myId: this.options.myId(), nowIso: new Date(this.options.serverNowMs()).toISOString() };
    const result = withChanges(messages, pending, at);
    this.shownOf = { messages, pending, result };
    return result;
  }

  private pending(): Change[] {
    const { conversationId } = this.target;
    return conversationId === undefined ? [] : this.options.changes.pending(conversationId);
  }

  private change(change: Change): Promise<void> {
    const { conversationId } = this.target;
    if (conversationId === undefined) return Promise.reject(localError("not_found"));
    return this.options.changes.add(conversationId, change);
  }

  private begun(): string {
    const { conversationId } = this.target;
    if (conversationId === undefined) throw localError("not_found");
    return conversationId;
  }

  private async load(): Promise<void> {
    this.loading = true;
    this.problem = null;
    this.publish();
    try {
      await this.bring();
    } catch (error) {
      this.problem = toSottoError(error).problem;
    }
    this.loading = false;
    this.publish();
    // The conversation may have begun meanwhile.
    if (this.opened && this.problem === null && this.history.isBehind) this.history.soonCatchUp();
  }

  private async bring(): Promise<void> {
    const { conversationId } = this.target;
    if (conversationId !== undefined) this.options.shelf.noteOpened(conversationId);
    await this.history.restore();
    if (conversationId === undefined) await this.refreshDecision();
    else await Promise.all([this.refreshDecision(), this.history.pull()]);
    if (!this.history.isLoaded) await this.history.pull();
    if (this.target.conversationId !== undefined) this.options.shelf.noteOpened(this.target.conversationId);
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
