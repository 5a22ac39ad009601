import { useEffect, useState } from "react";
import { useMe, useSotto, useStore } from "../session/session.tsx";

export interface Presence {
  online: boolean;
  lastSeenAt: string | null;
}

const askEveryMs = 45_000;

/** Whether this person is here now: only where both of us show it (C8), and only while somebody looks. */
export function usePresence(personId: string | undefined): Presence | null {
  const sotto = useSotto();
  const wanted = useMe().settings.presence;
  const connected = useStore(sotto.connection).is === "online";
  const [known, setKnown] = useState<(Presence & { personId: string }) | null>(null);

  useEffect(() => {
    if (personId === undefined || !wanted || !connected) return;
    let current = true;
    const ask = () => {
      if (document.visibilityState !== "visible") return;
      sotto.presence([personId]).then(
        (items) => {
          if (!current) return;
          const one = items.find((item) => item.personId === personId);
          setKnown(one === undefined ? null : { personId, online: one.online, lastSeenAt: one.lastSeenAt });
        },
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, askEveryMs);
    document.addEventListener("visibilitychange", ask);
    return () => {
      current = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [sotto, personId, wanted, connected]);
  // Without a connection nobody knows who is here.
  return wanted && connected && known?.personId === personId ? known : null;
}
