import type { Outcome, View } from "./history.ts";
import type { BlobFile, StoredRows } from "./final/dump.ts";

/** How everything stands when the load is over, the faults are healed, nothing moves any more, and the sweep has run. */
export interface Final {
  rows: StoredRows;
  /** Bytes of photos that lie on the disk, without those of earlier rounds. */
  blobs: readonly BlobFile[];
  /** Words of message texts, and where they lie besides the text of a message that still stands. */
  words: readonly { word: string; where: string }[];
  /** Inbox rows that never caught up with the log. */
  behind: number;
  devices: readonly DeviceFinal[];
  /** What the photos of messages answer to a member, by HTTP. */
  photos: readonly PhotoFinal[];
  /** Unread counts and markers that the API shows. */
  shown: readonly ShownFinal[];
}

export interface DeviceFinal {
  device: string;
  personId: string;
  isSdk: boolean;
  summaries: ReadonlyMap<string, { change: number; lastSeq: number; readSeq: number }>;
  views: readonly View[];
}

export interface PhotoFinal {
  mediaId: string;
  personId: string;
  status: number;
  /** Of what was served; null when nothing was. */
  sha256: string | null;
}

export interface ShownFinal {
  personId: string;
  conversationId: string;
  /** Of `conversations.get`. */
  conversation: Outcome;
  /** The whole history, page by page; null when it was refused. */
  history: readonly { id: string; seq: number }[] | null;
}
