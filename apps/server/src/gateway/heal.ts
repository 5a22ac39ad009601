import type { Hub } from "./hub.ts";
import type { Socket } from "./socket.ts";

export interface HealDeps {
  hub: Hub;
  /** Of `cluster/`: what the database says about those who are connected here. */
  cursors: (personIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  over: (sessions: readonly Session[]) => Promise<Session[]>;
  /** Hints are being lost now, here or elsewhere. */
  losing: () => boolean;
  /** Other processes publish too; a single one hears all that it says itself. */
  shared: boolean;
  onError: (error: unknown) => void;
}

interface Session {
  personId: string;
  sessionId: string;
}

const whileLosingMs = 1_000;
const calmMs = 60_000;
const peopleAtOnce = 1_000;

/**
 * The bus may lose hints; this finds what they were about. While hints are being lost each second, otherwise each minute,
 * and at once when `now` is called: people whose counter moved since the last look are told to pull (R15), and sockets whose
 * session is over are closed (T5).
 */
export function healer(deps: HealDeps): { now(): void; stop(): Promise<void> } {
  let known = new Map<string, string>();
  let looking: Promise<void> = Promise.resolve();
  let waiting = false;
  let lookedMs = performance.now();
  const look = async () => {
    waiting = false;
    lookedMs = performance.now();
    try {
      known = await lookOnce(deps, known);
    } catch (error) {
      deps.onError(error);
    }
  };
  const now = () => {
    if (waiting) return;
    waiting = true;
    looking = looking.then(look);
  };
  const timer = setInterval(() => {
    if (!deps.shared) return;
    if (performance.now() - lookedMs >= (deps.losing() ? whileLosingMs : calmMs)) now();
  }, whileLosingMs / 2);
  return {
    now,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** Answers what is known now, of those who are still connected. */
async function lookOnce(deps: HealDeps, known: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const byPerson = Map.groupBy(deps.hub.all(), (socket) => socket.data.personId);
  const people = [...byPerson.keys()];
  const next = new Map<string, string>();
  for (let from = 0; from < people.length; from += peopleAtOnce) {
    const ids = people.slice(from, from + peopleAtOnce);
    for (const [personId, cursor] of await deps.cursors(ids)) {
      next.set(personId, cursor);
      if (known.get(personId) === cursor) continue;
      deps.hub.deliver({ kind: "event", personId, payload: JSON.stringify({ event: "sync", cursor }) });
    }
    const sessions = ids.flatMap((id) => sessionsOf(byPerson.get(id) ?? []));
    for (const session of await deps.over(sessions)) deps.hub.deliver({ kind: "session_over", ...session });
  }
  return next;
}

function sessionsOf(sockets: readonly Socket[]): Session[] {
  return sockets.map(({ data }) => ({ personId: data.personId, sessionId: data.sessionId }));
}
