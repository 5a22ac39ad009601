import type { Profile, Relation } from "@sotto/protocol/types.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useSotto, useStore } from "../session/session.tsx";

/** Profiles seen in this session. Shown at once, asked for again whenever a screen shows one; bounded. */
const mostHeld = 300;
const held = new WeakMap<Sotto, ProfileShelf>();

interface ProfileShelf {
  profiles: Map<string, Profile>;
  listeners: Set<() => void>;
}

export function useProfile(personId: string | undefined): Profile | undefined {
  const sotto = useSotto();
  const online = useStore(sotto.connection).is === "online";
  const missed = useRef<string>(undefined);
  useEffect(() => {
    if (personId !== undefined) ask(sotto, personId, missed);
  }, [sotto, personId]);
  useEffect(() => {
    // Asked without a network: once more when there is one.
    if (online && missed.current !== undefined && missed.current === personId) ask(sotto, personId, missed);
  }, [online, sotto, personId]);
  return useSyncExternalStore(
    (listener) => {
      const { listeners } = shelf(sotto);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (personId === undefined ? undefined : shelf(sotto).profiles.get(personId)),
  );
}

/** A profile that cannot be had is simply not shown; the conversation stands without it. */
function ask(sotto: Sotto, personId: string, missed: { current: string | undefined }): void {
  missed.current = undefined;
  sotto.call("people.get", { personId }).then(
    (profile) => keepProfile(sotto, profile),
    () => (missed.current = personId),
  );
}

export function keepProfile(sotto: Sotto, profile: Profile): void {
  const { profiles, listeners } = shelf(sotto);
  if (profiles.size >= mostHeld) profiles.clear();
  profiles.set(profile.id, profile);
  for (const listener of listeners) listener();
}

/** After following, blocking and their opposites: the relation everywhere at once, and the counts. */
export function keepRelation(sotto: Sotto, personId: string, relation: Relation): void {
  const profile = shelf(sotto).profiles.get(personId);
  if (profile === undefined) return;
  const gained = Number(relation.following) - Number(profile.relation.following);
  keepProfile(sotto, { ...profile, relation, followers: profile.followers + gained });
}

function shelf(sotto: Sotto): ProfileShelf {
  const known = held.get(sotto);
  if (known !== undefined) return known;
  const fresh = { profiles: new Map<string, Profile>(), listeners: new Set<() => void>() };
  held.set(sotto, fresh);
  return fresh;
}
