import type { NatsConnection } from "@nats-io/transport-node";

/** What the broker has not confirmed; past it hints are dropped, for they would fill the memory (T29). */
const unconfirmedBytesMost = 8 * 1024 * 1024;
const confirmEveryBytes = 256 * 1024;

/**
 * Hints on their way to the broker. The client keeps whatever a slow or dead line does not take, without a limit; so bytes are
 * counted here until a round trip confirms them.
 */
export class Outflow {
  readonly #onLost: () => void;
  #nats: NatsConnection | undefined;
  #unconfirmedBytes = 0;
  #confirming = false;
  #lost = false;

  constructor(options: { onLost: () => void }) {
    this.#onLost = options.onLost;
  }

  /** Undefined while the broker is away: then nothing is kept. */
  attach(nats: NatsConnection | undefined): void {
    this.#nats = nats;
    this.#unconfirmedBytes = 0;
    this.#lost = false;
  }

  publish(subject: string, bytes: Uint8Array): void {
    const nats = this.#nats;
    if (!nats) return;
    if (this.#unconfirmedBytes + bytes.byteLength > unconfirmedBytesMost) return void (this.#lost = true);
    try {
      nats.publish(subject, bytes);
    } catch {
      // Larger than the broker takes, or closed this moment.
      this.#lost = true;
    }
    this.#unconfirmedBytes += bytes.byteLength + subject.length;
    const due = this.#lost || this.#unconfirmedBytes > confirmEveryBytes;
    if (due && !this.#confirming) void this.#confirm(nats);
  }

  async #confirm(nats: NatsConnection): Promise<void> {
    this.#confirming = true;
    const sent = this.#unconfirmedBytes;
    const confirmed = await nats.flush().then(
      () => true,
      () => false,
    );
    this.#confirming = false;
    if (nats !== this.#nats || !confirmed) return;
    this.#unconfirmedBytes = Math.max(0, this.#unconfirmedBytes - sent);
    if (!this.#lost) return;
    this.#lost = false;
    this.#onLost();
  }
}
