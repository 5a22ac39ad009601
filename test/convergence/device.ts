import { createSotto } from "@sotto/sdk/client.ts";
import type { ConversationHandle, RefusedChange, Sotto } from "@sotto/sdk/interface.ts";
import type { Storage } from "@sotto/sdk/store/storage.ts";
import { cutLine, type CutLine } from "../../apps/server/test/cut-line.ts";
import { createDisk, type Disk } from "./disk.ts";

/** A planted bug stands between the program and its device, or between the program and its user. */
export interface Bug {
  name: string;
  /** What is said of it where it shows. */
  shows: RegExp;
  storage?: (storage: Storage) => Storage;
  sotto?: (sotto: Sotto) => Sotto;
}

export interface DeviceOptions {
  name: string;
  url: string;
  token: string;
  personId: string;
  conversationIds: readonly string[];
  bug?: Bug | undefined;
}

/** One device: a program that can be ended and started again, what it keeps, and its line to the server. */
export class Device implements AsyncDisposable {
  readonly name: string;
  readonly personId: string;
  readonly disk: Disk = createDisk();
  private readonly options: DeviceOptions;
  private readonly line: CutLine;
  private run: { sotto: Sotto; handles: Map<string, ConversationHandle>; end: () => void };
  private readonly refusedBefore: RefusedChange[] = [];
  private isMuted = false;

  static async start(options: DeviceOptions): Promise<Device> {
    return new Device(options, await cutLine(options.url));
  }

  private constructor(options: DeviceOptions, line: CutLine) {
    this.options = options;
    this.name = options.name;
    this.personId = options.personId;
    this.line = line;
    this.run = this.begin();
  }

  get sotto(): Sotto {
    return this.run.sotto;
  }

  handle(conversationId: string): ConversationHandle {
    const handle = this.run.handles.get(conversationId);
    if (!handle) throw new Error("a conversation that this device does not know");
    return handle;
  }

  /** What the server refused, over all runs. */
  refused(): RefusedChange[] {
    return [...this.refusedBefore, ...this.sotto.refused.get()];
  }

  forgetRefused(): void {
    this.refusedBefore.length = 0;
    for (const one of this.sotto.refused.get()) this.sotto.dismissRefused(one.id);
  }

  /** The program ends, in the middle of whatever it does, and starts again with what the device kept. */
  restart(): void {
    this.refusedBefore.push(...this.sotto.refused.get());
    this.run.end();
    this.sotto.stop();
    this.line.cut();
    this.run = this.begin();
  }

  cut(): void {
    this.line.cut();
  }

  /** What the server says gets lost; what the device says does not. */
  mute(): void {
    this.isMuted = true;
    this.line.mute();
  }

  block(): void {
    this.line.block();
  }

  /** Everything works again. */
  mend(): void {
    this.line.open();
    // What was lost on a muted line is lost: the device notices by its silence, sooner here.
    if (this.isMuted) this.line.cut();
    this.isMuted = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.sotto.stop();
    this.run.end();
    await this.line[Symbol.asyncDispose]();
  }

  private begin() {
    const { storage, end } = this.disk.open();
    const { bug, token, conversationIds } = this.options;
    const kept = bug?.storage?.(storage) ?? storage;
    const own = createSotto({ url: this.line.url, credential: { kind: "bearer", token } }, kept);
    const sotto = bug?.sotto?.(own) ?? own;
    sotto.start();
    const handles = new Map(conversationIds.map((id) => [id, sotto.conversation(id)]));
    for (const handle of handles.values()) void handle.open();
    return { sotto, handles, end };
  }
}
