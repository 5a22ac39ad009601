import type { Problem } from "@sotto/protocol/errors.ts";
import type { Outgoing, OutgoingAttachment } from "./interface.ts";
import type { StoredOutgoing } from "./store/storage.ts";

/** One message on its way: what is stored, and what is only known while this client runs. */
export interface Entry {
  readonly stored: StoredOutgoing;
  state: Outgoing["state"];
  /** Why it failed, or why it waits. */
  problem: Problem | undefined;
  uploads: { phase: OutgoingAttachment["phase"]; uploadedBytes: number }[];
  attempt: number;
  abort: AbortController;
  /** The upload under way, shared by who started it early and who waits to send. */
  prepared: Promise<void> | undefined;
  view: Outgoing;
}

export function createEntry(stored: StoredOutgoing): Entry {
  const uploads = stored.attachments.map(({ mediaId, sizeBytes }) =>
    mediaId === undefined
      ? { phase: "waiting" as const, uploadedBytes: 0 }
      : { phase: "processing" as const, uploadedBytes: sizeBytes },
  );
  const entry = {
    stored,
    state: stored.problem ? ("failed" as const) : ("queued" as const),
    problem: stored.problem,
    uploads,
    attempt: 0,
    abort: new AbortController(),
    prepared: undefined,
  };
  return { ...entry, view: viewOf(entry) };
}

/** A fresh object for every change, the same one in between. */
export function refreshView(entry: Entry): void {
  entry.view = viewOf(entry);
}

function viewOf(entry: Omit<Entry, "view">): Outgoing {
  const { stored, uploads, state, problem } = entry;
  const attachments = stored.attachments.map(({ name, sizeBytes, file }, index) => ({
    name,
    sizeBytes,
    ...(file && { file }),
    phase: uploads[index]?.phase ?? "waiting",
    uploadedBytes: uploads[index]?.uploadedBytes ?? 0,
  }));
  const { clientId, text, createdAtMs, replyTo, forwardOf, viewOnce, cardPersonId } = stored;
  return {
    ...{ clientId, text, attachments, state, createdAtMs },
    ...(problem && { problem }),
    ...(replyTo && { replyTo }),
    ...(forwardOf && { forwarded: true as const }),
    ...(viewOnce && { viewOnce }),
    ...(cardPersonId !== undefined && { cardPersonId }),
  };
}
