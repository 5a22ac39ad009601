import { errorCodes, type ErrorCode } from "@sotto/protocol/errors.ts";
import type { Event } from "@sotto/protocol/events.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Message } from "@sotto/protocol/types.ts";

/**
 * What clients asked, were answered and were told in one round. All of them live in one process, so `performance.now()` puts
 * everything in one order: a call that began after another one's answer had come did so in fact.
 */
export type Outcome =
  | { is: "ok"; output: unknown }
  | { is: "refused"; code: ErrorCode }
  /** No answer: it may have happened, or happen yet. */
  | { is: "lost" };

export interface Call {
  device: string;
  personId: string;
  /** The operation of the workload that it belongs to. */
  kind: string;
  command: CommandName;
  input: Readonly<Record<string, unknown>>;
  fromMs: number;
  /** Infinity while nothing came back. */
  toMs: number;
  outcome: Outcome;
}

/** An event of a socket. */
export interface Heard {
  device: string;
  personId: string;
  /** When the client began to open this socket: nothing on it was said earlier. */
  openedMs: number;
  atMs: number;
  event: Event;
}

/** What a device showed of a conversation, from its first to its last message. */
export interface View {
  device: string;
  personId: string;
  conversationId: string;
  atMs: number;
  /** Everything is over and everything was fetched. */
  last: boolean;
  messages: readonly Message[];
}

export class History {
  readonly calls: Call[] = [];
  readonly heard: Heard[] = [];
  readonly views: View[] = [];

  /** Written down when it begins, so that what never ends is known too. */
  async record(
    asked: Pick<Call, "device" | "personId" | "kind" | "command" | "input">,
    work: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const call: Call = { ...asked, fromMs: performance.now(), toMs: Infinity, outcome: { is: "lost" } };
    this.calls.push(call);
    const outcome = await work();
    call.outcome = outcome;
    if (outcome.is !== "lost") call.toMs = performance.now();
    return outcome;
  }
}

/** Whether a call may have changed something although it was not answered with success: the same one again tells. */
export function isUncertain(outcome: Outcome): boolean {
  return outcome.is === "lost" || (outcome.is === "refused" && errorCodes[outcome.code].action === "retry");
}

export function okOf<T>(outcome: Outcome): T | undefined {
  return outcome.is === "ok" ? (outcome.output as T) : undefined;
}
