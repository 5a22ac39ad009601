import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Me, Message } from "@sotto/protocol/types.ts";
import { BlockedPeople } from "./blocked-people.ts";
import { endsSession, type Call } from "./call.ts";
import { carryOut } from "./change-calls.ts";
import { Changes } from "./changes.ts";
import { Connection } from "./connection.ts";
import { localError, toSottoError } from "./error.ts";
import type { Hello, SocketEvent } from "./frames.ts";
import { createHttp, type Http } from "./http.ts";
import { Inbox } from "./inbox.ts";
import type { ConversationHandle, Sotto, SottoOptions } from "./interface.ts";
import { LeftQueues } from "./left-queues.ts";
import { LogShelf } from "./log-shelf.ts";
import { MeLoader } from "./me-loader.ts";
import { MediaReady } from "./media-ready.ts";
import { createObservers, type Observers } from "./observe.ts";
import type { Outbox } from "./outbox.ts";
import { createOutbox } from "./outbox-wiring.ts";
import { conversationWith } from "./overlay.ts";
import { Recount } from "./recount.ts";
import { Refusals } from "./refusals.ts";
import { routeBy } from "./route.ts";
import { tellSignOut } from "./sign-out.ts";
import { createState } from "./state.ts";
import { openStorage } from "./store/open.ts";
import type { Storage } from "./store/storage.ts";
import { Sync } from "./sync.ts";
import { sharedWith, thisTab, type Tab } from "./tabs.ts";
import { Threads } from "./threads.ts";
import { Uploads } from "./uploads.ts";
import { takeEvent } from "./take-event.ts";
import { ViewKeeper } from "./view-keeper.ts";

/** `storage` in the place of the device's own: for programs that keep it elsewhere, and for tests. */
export function createSotto(options: SottoOptions, storage?: Storage): Sotto {
  return new Client(options, storage);
}

/** Puts the parts together: what each one does stands in its own file. */
class Client implements Sotto {
  readonly me = createState<Me | null>(null);
  private readonly http: Http;
  private readonly line: Connection;
  private readonly storage: Storage;
  private readonly tab: Tab;
  private readonly inboxHeld: Inbox;
  private readonly outbox: Outbox;
  private readonly changes: Changes;
  private readonly refusals: Refusals;
  private readonly left: LeftQueues;
  private readonly shelf: LogShelf;
  private readonly threads: Threads;
  private readonly sync: Sync;
  private readonly recount: Recount;
  private readonly blocked: BlockedPeople;
  private readonly meLoader: MeLoader;
  private readonly mediaReady: MediaReady;
  private readonly uploads: Uploads;
  private readonly route: Call;
  private readonly observers: Observers;
  private readonly view: ViewKeeper;
  /** Whose data is held here, on the device too. */
  private dataOf: string | undefined;
  private restoring: Promise<void> | undefined;
  /** What is written when a session ends: whoever removes what is stored waits for it, or it comes back. */
  private ending: Promise<unknown> | undefined;
  /** Other pages, while this runs. */
  private others: ReturnType<typeof sharedWith> | undefined;
  private readonly sharedName: string | undefined;
  /** Questions in the order of asking: see `Inbox.takeAnswer`. */
  private asked = 0;
  /** How often what is held here was forgotten: an answer to a question from before belongs to nobody who is here. */
  private wipes = 0;

  constructor(options: SottoOptions, storage?: Storage) {
    const call: Call = (name, input) => this.call(name, input);
    const serverNowMs = () => this.line.serverNowMs();
    this.http = createHttp(options);
    this.storage = storage ?? openStorage({ kind: options.storage ?? "memory", url: this.http.url });
    this.sharedName = options.storage === "indexeddb" ? `sotto ${this.http.url}` : undefined;
    this.shelf = new LogShelf(this.storage, serverNowMs);
    this.tab = thisTab();
    this.inboxHeld = this.createInbox();
    this.meLoader = new MeLoader({
      ...{ call, me: this.me, asked: () => this.asked },
      isOnline: () => this.line.state.get().is === "online",
    });
    this.blocked = new BlockedPeople({ call, inbox: this.inboxHeld });
    this.recount = new Recount({ call, inbox: this.inboxHeld, pending: (id) => this.changes.pending(id) });
    this.refusals = new Refusals(this.storage);
    this.changes = this.createChanges(call);
    this.mediaReady = new MediaReady({ call });
    this.uploads = new Uploads({ http: this.http, ready: this.mediaReady });
    this.line = new Connection({
      http: this.http,
      onHello: (hello) => void this.welcome(hello),
      onEvent: (event) => this.event(event),
      onBlocked: () => void this.goOnByHttp(),
      probe: () => void this.sync.pull(),
    });
    this.route = routeBy({ line: this.line, http: this.http });
    this.outbox = this.createSends(call);
    this.left = new LeftQueues({
      ...{ storage: this.storage, tab: this.tab, outbox: this.outbox, changes: this.changes },
      dataOf: () => this.dataOf,
    });
    this.threads = new Threads({
      ...{ call, inbox: this.inboxHeld, outbox: this.outbox, changes: this.changes, shelf: this.shelf },
      myId: () => this.dataOf ?? "",
      showsTyping: () => this.me.get()?.settings.typing === true,
      serverNowMs,
    });
    this.view = new ViewKeeper({
      storage: this.storage,
      me: this.me,
      inbox: this.inboxHeld,
      cursor: () => this.sync.cursor,
      clockOffsetMs: () => this.line.clockOffsetMs,
    });
    this.sync = new Sync({
      ...{ call, inbox: this.inboxHeld, asked: () => this.asked },
      onReload: () => this.threads.forget(),
      onPulled: () => this.pulled(),
      onMoved: () => this.view.soonSave(),
    });
    this.observers = createObservers({
      me: this.meLoader,
      inbox: this.inboxHeld,
      onPerson: (personId) => void this.adopt(personId),
      onMessage: (message) => this.message(message),
      onDecisive: () => this.threads.refreshDecisions(),
    });
    this.line.state.subscribe(() => this.connectionChanged());
  }

  get connection() {
    return this.line.state;
  }

  get refused() {
    return this.refusals.state;
  }

  get inbox() {
    return this.inboxHeld.state;
  }

  start(): void {
    this.restoring ??= this.restore();
    if (this.sharedName !== undefined && "BroadcastChannel" in globalThis)
      this.others ??= sharedWith(this.sharedName, (personId) => this.overElsewhere(personId));
    this.line.start();
  }

  stop(): void {
    this.others?.close();
    this.others = undefined;
    this.line.stop();
    this.rest();
  }

  loadOlderConversations(): Promise<void> {
    const call: Call = (name, input) => this.call(name, input);
    return this.inboxHeld.loadOlder(call, () => this.asked);
  }

  conversation(conversationId: string): ConversationHandle {
    const held = this.inboxHeld.get(conversationId);
    const personId = held?.kind === "direct" ? held.people[0]?.id : undefined;
    return this.threads.of({ conversationId, ...(personId !== undefined && { personId }) });
  }

  withPerson(personId: string): ConversationHandle {
    const conversationId = this.inboxHeld.withPerson(personId)?.id;
    return this.threads.of({ personId, ...(conversationId !== undefined && { conversationId }) });
  }

  dismissRefused(id: string): void {
    this.refusals.dismiss(id);
  }

  async presence(personIds: readonly string[]) {
    return (await this.call("people.presence", { personIds: [...personIds] })).items;
  }

  async call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>> {
    const { wipes, dataOf } = this;
    try {
      const askedAt = ++this.asked;
      const output = await this.route(name, input);
      if (name === "me.delete" && dataOf !== undefined) await this.accountGone(dataOf);
      // Whose it was is here no more; what ends the session itself is answered after its end.
      if (wipes !== this.wipes && !endsSession.has(name)) throw localError("unavailable");
      this.observers[name]?.(output, input, askedAt);
      return output;
    } catch (cause) {
      const error = toSottoError(cause);
      if (error.code === "unauthenticated") this.line.signedOut();
      throw error;
    }
  }

  upload(file: Blob, options: Parameters<Sotto["upload"]>[1] = {}): Promise<string> {
    return this.uploads.bring(file, options);
  }

  async signOut(): Promise<void> {
    try {
      await tellSignOut({ http: this.http, line: this.line });
    } finally {
      // Also when the server cannot be told: this device forgets.
      this.line.signedOut();
      this.rest();
      await this.wipe();
    }
  }

  private async restore(): Promise<void> {
    const { wipes } = this;
    const view = await this.storage.loadView();
    // Somebody else's, who used this device before.
    if (view && this.dataOf !== undefined && this.dataOf !== view.me.id) return this.storage.clear();
    this.left.storedFor = view?.me.id;
    this.dataOf ??= view?.me.id;
    // The session turned out to be over meanwhile.
    if (wipes !== this.wipes) return;
    if (view && view.cursor !== null && this.sync.cursor === null) {
      this.inboxHeld.restore(view);
      this.sync.cursor = view.cursor;
    }
    if (view?.clockOffsetMs !== undefined) this.line.supposeClock(view.clockOffsetMs);
    if (view && this.me.get() === null) this.me.set(view.me);
    if (this.dataOf !== undefined) await this.left.take(this.dataOf);
  }

  /** Online: the session's person is known, so everything may go on. */
  private async welcome(hello: Hello): Promise<void> {
    await this.restoring;
    await this.adopt(hello.personId);
    if (this.line.state.get().is === "online") this.goOn(hello.personId);
    void this.meLoader.load();
    this.blocked.changed();
  }

  /** Where a proxy lets no socket through: at every attempt at one, once by HTTP. */
  private async goOnByHttp(): Promise<void> {
    await this.restoring;
    const me = await this.call("me.get", {}).catch(() => null);
    if (!me || this.line.state.get().is === "idle") return;
    await this.adopt(me.id);
    this.goOn(me.id);
  }

  private goOn(personId: string): void {
    this.sync.start();
    this.recount.start();
    this.outbox.enable(personId);
    this.changes.enable();
    void this.left.take(personId);
    this.threads.refreshOpen();
  }

  /** What another person left here is not shown and never sent. */
  private async adopt(personId: string): Promise<void> {
    const before = this.dataOf;
    this.dataOf = personId;
    if (before !== undefined && before !== personId) await this.wipe();
    this.dataOf = personId;
  }

  private async wipe(): Promise<void> {
    this.dataOf = undefined;
    for (const one of [this.outbox, this.changes]) one.clear();
    this.refused.set([]);
    this.forget();
    await this.ending;
    await this.storage.clear();
  }

  /** Somebody else may be here already, also with another client that shares what is stored. */
  private async accountGone(personId: string): Promise<void> {
    if (this.dataOf === personId) {
      this.line.signedOut();
      for (const one of [this.outbox, this.changes]) one.clear();
      this.refused.set([]);
      this.dataOf = undefined;
    }
    await this.ending;
    await this.left.forget(personId);
  }

  /** The session was ended elsewhere. What waits here stays; of what the server has, nobody would tell this device that it is gone (R9, R21). */
  private sessionOver(): void {
    if (this.dataOf !== undefined) this.others?.over(this.dataOf);
    this.forget();
    this.ending = Promise.all([this.storage.clearCopies(), this.outbox.dropQuotes()]);
  }

  /** Another page heard it: so does this one, and asks whether it is over here too. */
  private overElsewhere(personId: string): void {
    if (personId !== this.dataOf || this.line.state.get().is === "signed_out") return;
    this.stop();
    this.sessionOver();
    this.start();
  }

  /** Of what the server has nothing is held here any more. */
  private forget(): void {
    this.wipes++;
    this.sync.forget();
    this.view.drop();
    this.shelf.clear();
    this.me.set(null);
    this.inboxHeld.clear();
    this.threads.empty();
  }

  private event(event: SocketEvent): void {
    const { threads, sync, meLoader, mediaReady, blocked, inboxHeld: inbox } = this;
    const message = (one: Message) => this.message(one);
    takeEvent(event, { threads, sync, meLoader, mediaReady, blocked, inbox, message });
  }

  private pulled(): void {
    void this.threads.freshenStored();
    void this.blocked.need();
  }

  private message(message: Message): void {
    this.threads.message(message);
    this.inboxHeld.message(message, this.dataOf ?? "");
  }

  private connectionChanged(): void {
    const { is } = this.line.state.get();
    if (is === "signed_out" || is === "version_unsupported") this.rest();
    if (is === "signed_out") this.sessionOver();
  }

  private rest(): void {
    this.sync.stop();
    this.recount.stop();
    this.outbox.disable();
    this.changes.disable();
    this.threads.rest();
    this.meLoader.stop();
  }

  private createInbox(): Inbox {
    return new Inbox({
      onConversation: (conversation) => this.threads.noticed(conversation),
      overlay: (conversation) =>
        this.changes.isEmpty ? conversation : conversationWith(conversation, this.changes.pending(conversation.id)),
      onUnsure: () => this.recount.soon(),
      serverNowMs: () => this.line.serverNowMs(),
    });
  }

  private createSends(call: Call): Outbox {
    return createOutbox({
      ...{ call, storage: this.storage, tab: this.tab },
      senderId: () => this.dataOf ?? "",
      inbox: this.inboxHeld,
      bringMedia: (attachment, watch) => this.uploads.bringAttachment(attachment, watch),
      settled: ({ target, createdAtMs: writtenAtMs }, message) => {
        this.changes.messageArrived(message.conversationId, { createdAt: message.createdAt, writtenAtMs });
        return this.threads.settled(target, message);
      },
      onRefused: () => this.threads.refreshDecisions(),
      toLocalMs: (serverTime) => this.line.toLocalMs(serverTime),
      onChange: () => {
        this.threads.publish();
        this.changes.wake();
      },
    });
  }

  private createChanges(call: Call): Changes {
    return new Changes({
      storage: this.storage,
      ownerId: this.tab.ownerId,
      senderId: () => this.dataOf ?? "",
      tell: (change) =>
        carryOut(change, { call, inbox: this.inboxHeld, onHidden: (...hidden) => this.threads.hid(...hidden) }),
      // Sending clears the server's draft: one that was written after a message goes after it.
      mayTell: ({ conversationId, change }) => change.what !== "draft" || this.outbox.isEmptyFor({ conversationId }),
      onRefused: (change, problem) => this.refusals.add(change, problem),
      toLocalMs: (serverTime) => this.line.toLocalMs(serverTime),
      onChange: (what) => {
        if (what === "update" || what === "draft") this.inboxHeld.publish();
        this.threads.publish();
      },
    });
  }
}
