import { newClientId } from "./client-id.ts";
import { createEntry, refreshView, type Entry } from "./outbox-entry.ts";
import { afterFault } from "./outbox-fault.ts";
import { actionOf, localError, toSottoError } from "./error.ts";
import type { Outgoing } from "./interface.ts";
import { mediaIdFrom, nameOf } from "./upload.ts";
import { nextWrittenMs } from "./written-at.ts";
import type { Storage, StoredAttachment, StoredOutgoing, Target } from "./store/storage.ts";

export interface OutboxOptions {
  storage: Storage;
  /** This running client, among the tabs of one device. */
  ownerId: string;
  senderId: () => string;
  /** Where two targets are the same conversation, their lanes are the same, and so is their order. */
  laneOf: (target: Target) => string;
  /** Uploads what is missing, waits until it is ready, and returns the medium's id. */
  bringMedia: (attachment: StoredAttachment, watch: UploadWatch) => Promise<string>;
  /** Resolves when the message is shown by its conversation. */
  send: (outgoing: StoredOutgoing) => Promise<void>;
  dropMedia: (mediaId: string) => void;
  toLocalMs: (serverTime: string) => number;
  onChange: () => void;
}

/** What is to be sent, and to whom. */
export type Written = Omit<
  StoredOutgoing,
  "clientId" | "senderId" | "ownerId" | "attachments" | "createdAtMs" | "problem"
> & {
  files?: readonly Blob[];
};

export interface UploadWatch {
  signal: AbortSignal;
  onUrl: (uploadUrl: string) => void;
  onUploaded: (mediaId: string) => void;
  onProgress: (uploadedBytes: number) => void;
}

/**
 * Exactly-once sends (R13): a message is stored before its first attempt, with everything a repetition needs, and leaves
 * only when the server has answered or its author cancels. One lane for each conversation keeps the order in which its
 * messages were written; photos of waiting messages upload meanwhile. A passing fault waits and repeats; a refusal keeps the message
 * as failed, with its reason, and lets the next one pass.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private entries: Entry[] = [];
  private readonly running = new Set<string>();
  private readonly sleepers = new Set<() => void>();
  private enabled = false;

  constructor(options: OutboxOptions) {
    this.options = options;
  }

  /** Whether all that was written here is with the server, but what it refused. */
  isEmptyFor(target: Target): boolean {
    return this.head(this.options.laneOf(target)) === undefined;
  }

  outgoing(isMine: (target: Target) => boolean): Outgoing[] {
    return this.entries.filter((entry) => isMine(entry.stored.target)).map((entry) => entry.view);
  }

  /** What an earlier run left. Resolves when it is marked as ours. */
  async restore(stored: readonly StoredOutgoing[]): Promise<void> {
    const known = new Set(this.entries.map((entry) => entry.stored.clientId));
    const restored = stored
      .filter((one) => !known.has(one.clientId))
      .map((one) => createEntry({ ...one, ownerId: this.options.ownerId }));
    this.entries = [...restored, ...this.entries].sort((a, b) => a.stored.createdAtMs - b.stored.createdAtMs);
    this.changed();
    await Promise.all(restored.map((entry) => this.keep(entry)));
    this.runAll();
  }

  add(message: Written): string {
    const { files = [], ...content } = message;
    const attachments = files.map((file) => ({ file, name: nameOf(file), sizeBytes: file.size }));
    const clientId = newClientId();
    const { ownerId, senderId } = this.options;
    const createdAtMs = nextWrittenMs();
    const entry = createEntry({ ...content, clientId, senderId: senderId(), ownerId, attachments, createdAtMs });
    this.entries = [...this.entries, entry];
    void this.keep(entry);
    this.changed();
    this.runAll();
    return clientId;
  }

  /** R9: what is answered was taken back while the answer waits; its words do not stay in it. */
  quotedIsGone(messageId: string): void {
    for (const entry of this.entries) {
      const { replyTo } = entry.stored;
      if (replyTo?.messageId !== messageId || replyTo.kind === "gone") continue;
      entry.stored.replyTo = { messageId, seq: replyTo.seq, kind: "gone" };
      void this.keep(entry);
      this.update(entry, {});
    }
  }

  /** What others wrote goes, here and from what other pages left: what waits is told without it. */
  async dropQuotes(): Promise<void> {
    for (const entry of this.entries) {
      dropQuote(entry.stored);
      refreshView(entry);
    }
    this.changed();
    const { outbox } = this.options.storage;
    for (const [id, stored] of await outbox.all())
      // Another page of this device may have removed it meanwhile.
      if (dropQuote(stored) && (await outbox.get(id)) !== undefined) await outbox.put(id, stored);
  }

  retry(clientId: string): void {
    const entry = this.find(clientId);
    if (entry?.state !== "failed") return;
    delete entry.stored.problem;
    entry.attempt = 0;
    for (const attachment of entry.stored.attachments) forgetRefused(attachment, entry);
    this.update(entry, { state: "queued", problem: undefined });
    this.runAll();
    this.wake();
  }

  cancel(clientId: string): void {
    const entry = this.find(clientId);
    if (!entry) return;
    entry.abort.abort();
    this.drop(entry);
    // Finished or not: what no message holds would only wait for the server's sweep.
    for (const { mediaId, uploadUrl = "" } of entry.stored.attachments) {
      const begun = mediaId ?? mediaIdFrom(uploadUrl);
      if (begun !== "") this.options.dropMedia(begun);
    }
    this.wake();
  }

  /** Sends from now on: the session's person is known to be the one who wrote these. */
  enable(senderId: string): void {
    this.enabled = true;
    for (const entry of this.entries.filter((one) => one.stored.senderId === "")) {
      entry.stored.senderId = senderId;
      void this.keep(entry);
    }
    this.runAll();
    this.wake();
  }

  /** Uploads stop where they are, and go on from there. */
  disable(): void {
    this.enabled = false;
    for (const entry of this.entries) {
      entry.abort.abort();
      entry.abort = new AbortController();
    }
    this.wake();
  }

  clear(): void {
    this.disable();
    this.entries = [];
    this.changed();
  }

  private runAll(): void {
    for (const entry of this.entries) {
      if (!this.enabled || entry.state === "failed") continue;
      void this.prepare(entry).catch(() => undefined);
      void this.runLane(this.options.laneOf(entry.stored.target));
    }
  }

  private async runLane(lane: string): Promise<void> {
    if (this.running.has(lane)) return;
    this.running.add(lane);
    try {
      for (let head = this.head(lane); head && this.enabled; head = this.head(lane)) await this.deliver(head);
    } finally {
      this.running.delete(lane);
    }
  }

  private head(lane: string): Entry | undefined {
    return this.entries.find((entry) => entry.state !== "failed" && this.options.laneOf(entry.stored.target) === lane);
  }

  private async deliver(entry: Entry): Promise<void> {
    try {
      await this.prepare(entry);
      if (!this.entries.includes(entry)) return;
      this.update(entry, { state: "sending", problem: undefined });
      await this.keep(entry);
      await this.options.send(entry.stored);
      this.drop(entry);
    } catch (error) {
      if (!this.entries.includes(entry)) return;
      if (this.enabled) await this.settleFault(entry, error);
      else this.update(entry, { state: "queued" });
    }
  }

  private async settleFault(entry: Entry, error: unknown): Promise<void> {
    const { problem } = toSottoError(error);
    const next = afterFault(problem, {
      attempt: entry.attempt++,
      nowMs: Date.now(),
      toLocalMs: this.options.toLocalMs,
    });
    if (next.is === "failed") {
      entry.stored.problem = problem;
      // Its source may be gone for good (R9): what it said does not stay here.
      if (entry.stored.forwardOf) entry.stored.text = "";
      this.update(entry, { state: "failed", problem });
      await this.keep(entry);
      return;
    }
    this.update(entry, { state: "queued", problem });
    if (next.is === "signed_out") this.disable();
    else await this.sleep(next.delayMs);
  }

  /** One attempt at a time, whoever asks. */
  private prepare(entry: Entry): Promise<void> {
    entry.prepared ??= this.bringAll(entry).catch((error: unknown) => {
      entry.prepared = undefined;
      throw error;
    });
    return entry.prepared;
  }

  private async bringAll(entry: Entry): Promise<void> {
    await this.keep(entry);
    if (entry.stored.attachments.length > 0) this.update(entry, { state: "uploading" });
    for (const [index, attachment] of entry.stored.attachments.entries()) await this.bring(entry, attachment, index);
  }

  private async bring(entry: Entry, attachment: StoredAttachment, index: number): Promise<void> {
    if (!attachment.file && attachment.mediaId === undefined) {
      throw localError("expired", { detail: "This device could not keep the photo. Choose it again." });
    }
    const show = (upload: Entry["uploads"][number]) =>
      this.update(entry, { uploads: entry.uploads.with(index, upload) });
    const { sizeBytes } = attachment;
    const keep = (found: Partial<StoredAttachment>) => {
      Object.assign(attachment, found);
      if (this.entries.includes(entry)) void this.keep(entry);
    };
    try {
      attachment.mediaId = await this.options.bringMedia(attachment, {
        signal: entry.abort.signal,
        onUrl: (uploadUrl) => keep({ uploadUrl }),
        onUploaded(mediaId) {
          keep({ mediaId });
          show({ phase: "processing", uploadedBytes: sizeBytes });
        },
        onProgress: (uploadedBytes) => show({ phase: "uploading", uploadedBytes }),
      });
      show({ phase: "ready", uploadedBytes: sizeBytes });
    } catch (error) {
      const phase = actionOf(toSottoError(error).code) === "retry" ? "waiting" : "failed";
      show({ phase, uploadedBytes: entry.uploads[index]?.uploadedBytes ?? 0 });
      throw error;
    }
  }

  private update(entry: Entry, change: Partial<Pick<Entry, "state" | "problem" | "uploads">>): void {
    Object.assign(entry, change);
    refreshView(entry);
    this.changed();
  }

  private drop(entry: Entry): void {
    this.entries = this.entries.filter((one) => one !== entry);
    void this.options.storage.outbox.remove(entry.stored.clientId);
    this.changed();
  }

  private keep(entry: Entry): Promise<void> {
    return this.options.storage.outbox.put(entry.stored.clientId, storable(entry));
  }

  private find(clientId: string): Entry | undefined {
    return this.entries.find((entry) => entry.stored.clientId === clientId);
  }

  private sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      this.sleepers.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.sleepers]) done();
  }

  private changed(): void {
    this.options.onChange();
  }
}

/** A copy, so that a later change of the entry does not reach into what is being written. */
function storable({ stored }: Entry): StoredOutgoing {
  return { ...stored, attachments: stored.attachments.map((attachment) => ({ ...attachment })) };
}

/** True where there was something; a forward's text is its source's. */
function dropQuote(stored: StoredOutgoing): boolean {
  const held = stored.replyTo !== undefined || (stored.forwardOf !== undefined && stored.text !== "");
  delete stored.replyTo;
  if (stored.forwardOf) stored.text = "";
  return held;
}

/** A medium that the server refused or let expire is uploaded anew, from the file. */
function forgetRefused(attachment: StoredAttachment, entry: Entry): void {
  const gone = entry.problem?.code === "not_found" || entry.problem?.code === "expired";
  const failed = entry.uploads.some((upload) => upload.phase === "failed");
  if (!attachment.file || !(gone || failed)) return;
  delete attachment.mediaId;
  entry.prepared = undefined;
}
