import { createHash } from "node:crypto";
import * as z from "zod";

/** Photos one behind the other: a line that says what comes, then its bytes. */
export interface PackedPhoto {
  key: string;
  sizeBytes: number;
  sha256: string;
}

const head = z.strictObject({ key: z.string(), sizeBytes: z.number().int().nonnegative(), sha256: z.string() });

export function packHead(photo: PackedPhoto): Buffer {
  return Buffer.from(`${JSON.stringify(photo)}\n`);
}

/** The photos of a pack, one at a time in memory; throws when one is not what its line says. */
export async function* unpack(text: AsyncIterable<Buffer>): AsyncGenerator<PackedPhoto & { bytes: Buffer }> {
  const input = new Pieces(text);
  for (;;) {
    const line = await input.line();
    if (line === null) return;
    const photo = head.parse(JSON.parse(line));
    const bytes = await input.take(photo.sizeBytes);
    if (sha256Of(bytes) !== photo.sha256) throw new Error(`the photo ${photo.key} is damaged`);
    yield { ...photo, bytes };
  }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Lines and counted bytes out of pieces of any size. */
export class Pieces {
  private readonly input: AsyncIterator<Buffer>;
  private held: Buffer[] = [];
  private heldBytes = 0;

  constructor(input: AsyncIterable<Buffer>) {
    this.input = input[Symbol.asyncIterator]();
  }

  /** Without its end; null behind the last one. */
  async line(): Promise<string | null> {
    for (;;) {
      const all = this.joined();
      const end = all.indexOf(10);
      if (end >= 0) {
        this.hold(all.subarray(end + 1));
        return all.toString("utf8", 0, end);
      }
      if (!(await this.more())) {
        if (all.length > 0) throw new Error("a line without an end");
        return null;
      }
    }
  }

  async take(sizeBytes: number): Promise<Buffer> {
    while (this.heldBytes < sizeBytes) if (!(await this.more())) throw new Error("fewer bytes than were announced");
    const all = this.joined();
    this.hold(all.subarray(sizeBytes));
    return all.subarray(0, sizeBytes);
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.input.next();
    if (done === true) return false;
    this.held.push(value);
    this.heldBytes += value.length;
    return true;
  }

  private joined(): Buffer {
    const [only] = this.held;
    const all = this.held.length === 1 && only ? only : Buffer.concat(this.held);
    this.hold(all);
    return all;
  }

  private hold(rest: Buffer): void {
    this.held = rest.length > 0 ? [rest] : [];
    this.heldBytes = rest.length;
  }
}
