import type { Problem } from "@sotto/protocol/errors.ts";
import type { Event } from "@sotto/protocol/events.ts";
import type { Outcome } from "../history.ts";

/** One socket of the raw protocol: no reconnecting, no schema, every event handed over as it comes. */
export interface RawSocket {
  openedMs: number;
  isOpen(): boolean;
  call(command: string, input: object): Promise<Outcome>;
  close(): void;
}

const helloWithinMs = 5_000;
const answerWithinMs = 8_000;

/** Null when there was no hello in time. `onClosed` is called once. */
export async function dial(
  address: string,
  { onEvent, onClosed }: { onEvent: (event: Event, openedMs: number) => void; onClosed: () => void },
): Promise<RawSocket | null> {
  const openedMs = performance.now();
  const socket = new WebSocket(address);
  const pending = new Map<number, (outcome: Outcome) => void>();
  const hello = Promise.withResolvers<boolean>();
  let next = 0;
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    if (frame.hello !== undefined) return hello.resolve(true);
    if (frame.event !== undefined) return onEvent(frame as unknown as Event, openedMs);
    const settle = pending.get(frame.id ?? -1);
    pending.delete(frame.id ?? -1);
    settle?.(frame.error ? { is: "refused", code: frame.error.code } : { is: "ok", output: frame.ok });
  };
  socket.onerror = () => undefined;
  socket.onclose = () => {
    hello.resolve(false);
    for (const settle of pending.values()) settle({ is: "lost" });
    pending.clear();
    onClosed();
  };
  const opened = await Promise.race([hello.promise, Bun.sleep(helloWithinMs).then(() => false)]);
  if (!opened) {
    socket.close();
    return null;
  }
  const call = async (command: string, input: object): Promise<Outcome> => {
    if (socket.readyState !== WebSocket.OPEN) return { is: "lost" };
    const id = (next += 1);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    pending.set(id, resolve);
    socket.send(JSON.stringify({ id, command, input }));
    const timer = setTimeout(() => {
      pending.delete(id);
      resolve({ is: "lost" });
    }, answerWithinMs);
    return await promise.finally(() => clearTimeout(timer));
  };
  return {
    openedMs,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    call,
    close: () => socket.close(),
  };
}

interface Frame {
  hello?: unknown;
  event?: string;
  id?: number | null;
  ok?: unknown;
  error?: Problem;
}
