import { tickets } from "../src/auth/tickets.ts";
import { deriveKey } from "../src/secret.ts";
import { rawSocket, type Somebody } from "./api-kit.ts";

/**
 * Senders that never give up: each has one socket and some sends outstanding; a send whose answer was lost goes again with its
 * client id after the reconnect (R13). What was acknowledged is remembered with its number.
 */
export interface CrashLoad {
  /** By "person clientId". */
  acknowledged: Map<string, { id: string; seq: number; conversationId: string }>;
  /** Acknowledged twice with different results. */
  changed: string[];
  /** Codes of refusals, which the same send outlives by trying again. */
  refusals: Map<string, number>;
  /** No new sends; what is outstanding comes to its end. */
  finish(): Promise<void>;
}

export interface Sender {
  who: Somebody;
  conversationId: string;
}

export function startLoad(options: {
  url: string;
  secret: string;
  senders: readonly Sender[];
  outstanding: number;
  round: number;
}): CrashLoad {
  const { senders, outstanding, round } = options;
  const load = { acknowledged: new Map(), changed: [] as string[], refusals: new Map<string, number>(), running: true };
  const loops = senders.flatMap((sender) => {
    const line = connectionOf(options, sender);
    return Array.from({ length: outstanding }, (_, lane) => runLane({ sender, line, load, lane, round }));
  });
  return {
    ...load,
    async finish() {
      load.running = false;
      await Promise.all(loops);
    },
  };
}

type Line = () => Promise<ReturnType<typeof rawSocket> | null>;

/** The sender's socket, opened again when it is gone; null while nobody answers. */
function connectionOf({ url, secret }: { url: string; secret: string }, { who }: Sender): Line {
  const signer = tickets(deriveKey(secret, "socket-ticket"));
  let current: ReturnType<Line> | undefined;
  const dial: Line = async () => {
    const ticket = signer.mint({ personId: who.id, sessionId: who.sessionId, byCookie: false });
    const socket = rawSocket(`${url.replace("http", "ws")}/v1/socket?ticket=${ticket}&version=1`);
    const opened = await Promise.race([
      socket.hello.then(
        () => true,
        () => false,
      ),
      Bun.sleep(2_000).then(() => false),
    ]);
    if (!opened) socket.close();
    void socket.closed.then(() => (current = undefined));
    return opened ? socket : null;
  };
  return async () => {
    current ??= dial();
    const socket = await current;
    if (socket === null || !socket.isOpen()) current = undefined;
    return socket?.isOpen() ? socket : null;
  };
}

interface Lane {
  sender: Sender;
  line: Line;
  load: Pick<CrashLoad, "acknowledged" | "changed" | "refusals"> & { running: boolean };
  lane: number;
  round: number;
}

async function runLane({ sender, line, load, lane, round }: Lane): Promise<void> {
  const { who, conversationId } = sender;
  for (let n = 0; load.running; n++) {
    const clientId = `r${round}-l${lane}-${n}`;
    for (;;) {
      const socket = await line();
      const answer =
        socket &&
        (await Promise.race([
          socket.call("messages.send", { conversationId, clientId, text: clientId }),
          Bun.sleep(10_000),
        ]));
      if (answer?.ok) {
        remember(load, `${who.id} ${clientId}`, answer.ok as { id: string; seq: number });
        break;
      }
      if (answer?.error) load.refusals.set(answer.error.code, (load.refusals.get(answer.error.code) ?? 0) + 1);
      await Bun.sleep(50);
    }
  }

  function remember(into: Lane["load"], key: string, { id, seq }: { id: string; seq: number }): void {
    const before = into.acknowledged.get(key);
    if (before && before.id !== id) into.changed.push(key);
    into.acknowledged.set(key, { id, seq, conversationId });
  }
}
