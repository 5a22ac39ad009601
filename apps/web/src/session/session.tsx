import type { Me } from "@sotto/protocol/types.ts";
import type { Sotto, Store } from "@sotto/sdk/interface.ts";
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { forgetComposing } from "../composer/composing.ts";
import { closeShown, forgetPush } from "../notifications/forget-push.ts";
import { createClient } from "./client.ts";

interface Session {
  sotto: Sotto;
  /** After signing in: a client that knows nothing of who was here before. */
  renew(): void;
  signOut(): Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [sotto, setSotto] = useState(createClient);

  useEffect(() => {
    const unwatch = sotto.connection.subscribe(() => {
      if (sotto.connection.get().is !== "signed_out") return;
      forgetComposing();
      void closeShown().catch(() => {});
    });
    sotto.start();
    return () => {
      unwatch();
      sotto.stop();
    };
  }, [sotto]);

  const renew = useCallback(() => setSotto(createClient()), []);
  const signOut = useCallback(async () => {
    forgetComposing();
    // Beside it: a push service that does not answer keeps nobody signed in.
    void forgetPush().catch(() => {});
    // The server may be out of reach: this device forgets all the same, and its page goes to the door.
    await sotto.signOut().catch(() => {});
    history.pushState(null, "", "/");
    renew();
  }, [sotto, renew]);

  const session = useMemo(() => ({ sotto, renew, signOut }), [sotto, renew, signOut]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession outside of SessionProvider");
  return session;
}

export function useSotto(): Sotto {
  return useSession().sotto;
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(
    useCallback((listener) => store.subscribe(listener), [store]),
    () => store.get(),
  );
}

/** Who I am. Only below the shell, which is not shown before this is known. */
export function useMe(): Me {
  const me = useStore(useSotto().me);
  if (me === null) throw new Error("useMe before the session is known");
  return me;
}
