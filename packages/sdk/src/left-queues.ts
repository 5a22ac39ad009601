import type { Changes } from "./changes.ts";
import type { Outbox } from "./outbox.ts";
import type { Storage } from "./store/storage.ts";
import type { Tab } from "./tabs.ts";

type Left = { ownerId: string; senderId: string };

/** What earlier runs on this device left waiting: taken over once it is known who is here, by the stored view or by the server. */
export class LeftQueues {
  private readonly options: {
    storage: Storage;
    tab: Tab;
    outbox: Outbox;
    changes: Changes;
    /** Whose data is held here. */
    dataOf: () => string | undefined;
  };
  /** Whose the stored view was. */
  storedFor: string | undefined;
  private isTaken = false;

  constructor(options: LeftQueues["options"]) {
    this.options = options;
  }

  async take(personId: string): Promise<void> {
    if (this.isTaken) return;
    this.isTaken = true;
    const { tab } = this.options;
    // Of somebody whose session was ended elsewhere; the one who is here is another.
    const [outbox, changes] = await this.dropWhere((one) => isOfAnother(personId, one));
    const own = [...outbox, ...changes].filter(([, one]) => this.isOf(personId, one));
    for (const ownerId of new Set(own.map(([, one]) => one.ownerId)))
      void tab.afterPage(ownerId, () => this.takeOver(ownerId, personId));
  }

  /** Their account is gone: nothing of it waits here any more, and what somebody else left stays. */
  async forget(personId: string): Promise<void> {
    await this.dropWhere((one) => this.isOf(personId, one));
  }

  private async dropWhere(isGone: (one: Left) => boolean) {
    const { storage } = this.options;
    const [outbox, changes] = await Promise.all([storage.outbox.all(), storage.changes.all()]);
    for (const [id, one] of outbox) if (isGone(one)) void storage.outbox.remove(id);
    for (const [id, one] of changes) if (isGone(one)) void storage.changes.remove(id);
    return [outbox, changes] as const;
  }

  /** Written by them; or before it was known who was here, on a device that was theirs last (another one's sign-in wipes it). */
  private isOf(personId: string, { senderId }: Left): boolean {
    return senderId === personId || (senderId === "" && this.storedFor === personId);
  }

  /** Read again after the wait: its page may have sent the most of it, or another one may have taken it. */
  private async takeOver(ownerId: string, personId: string): Promise<void> {
    const { storage, outbox, changes, dataOf } = this.options;
    const isLeft = (one: Left) => one.ownerId === ownerId && this.isOf(personId, one);
    const [sends, tells] = await Promise.all([storage.outbox.all(), storage.changes.all()]);
    if (dataOf() !== personId) return;
    const left = <T extends Left>(all: [string, T][]) => all.map(([, one]) => one).filter(isLeft);
    await Promise.all([outbox.restore(left(sends)), changes.restore(left(tells))]);
  }
}

function isOfAnother(personId: string, { senderId }: Left): boolean {
  return senderId !== "" && senderId !== personId;
}
