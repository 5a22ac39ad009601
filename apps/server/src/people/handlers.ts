import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Me } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { tellOwnDevices, type OwnDevicesDeps } from "../fanout/own-devices.ts";
import type { Caller, Handlers } from "../handler.ts";
import { block, listBlocks, unblock, type BlockDeps } from "./block.ts";
import { follow, listFollowers, listFollowing, unfollow } from "./follow.ts";
import { forgetLastSeen, presenceOf, type PresenceDeps } from "./presence.ts";
import { searchPeople } from "./search.ts";
import { readSettings, writeSettings } from "./settings.ts";
import { personExists, readProfile, readRelation, updateProfile } from "./store.ts";

export interface PeopleDeps extends BlockDeps, OwnDevicesDeps, PresenceDeps {
  /** Takes the picture that was replaced; given by `media/`. */
  media: { purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>; deleteBlobs: () => Promise<void> };
  me: (personId: string) => Promise<Me | null>;
  /** They show how far they read, or do not any more: who sees it gets those conversations again; given by `conversations/`. */
  receiptsChanged: (personId: string) => Promise<void>;
  /** Declines what `inviterId` invited a person to; given by `groups/`. */
  declineInvitationsOf: (invited: { personId: string; inviterId: string }) => Promise<void>;
}

/** People, follows, blocks and the DM setting (C2 to C4, C6). */
export function peopleHandlers(deps: PeopleDeps): Handlers {
  const { sql, publish } = deps;
  const changed = (caller: Caller) => publish([caller.personId], { event: "me.changed" }, caller.connectionId);
  const relationAfter = async (caller: Caller, personId: string, found: boolean) => {
    const relation = found ? await readRelation(sql, caller.personId, personId) : null;
    if (!relation) return noPerson();
    changed(caller);
    return relation;
  };
  return {
    "me.get": async (_, caller) => (await deps.me(caller.personId)) ?? noPerson(),
    "me.update": async (input, caller) => {
      if (!(await updateProfile(sql, caller.personId, input, deps.media.purge)))
        return refuse("not_found", { detail: "There is no such photo of yours." });
      if (input.pictureMediaId !== undefined) await deps.media.deleteBlobs();
      changed(caller);
      return (await deps.me(caller.personId)) ?? noPerson();
    },
    "settings.get": async (_, caller) => await readSettings(sql, caller.personId),
    "settings.update": async (input, caller) => {
      const settings = await writeSettings(sql, caller.personId, input);
      if (input.presence === false) await forgetLastSeen(sql, caller.personId);
      if (input.readReceipts !== undefined) await deps.receiptsChanged(caller.personId);
      publish([caller.personId], { event: "settings", settings }, caller.connectionId);
      return settings;
    },
    "people.presence": async (input, caller) => await presenceOf(deps, caller.personId, input.personIds),
    "people.search": async (input, caller) => await searchPeople(sql, { viewerId: caller.personId, ...input }),
    "people.get": async (input, caller) => await profileOr404(sql, caller, { id: input.personId }),
    "people.getByUsername": async (input, caller) => await profileOr404(sql, caller, input),
    "people.followers": async (input) =>
      (await personExists(sql, input.personId)) ? await listFollowers(sql, input) : noPerson(),
    "people.following": async (input) =>
      (await personExists(sql, input.personId)) ? await listFollowing(sql, input) : noPerson(),
    "follows.follow": async (input, caller) =>
      await relationAfter(caller, input.personId, await follow(sql, caller.personId, input.personId)),
    "follows.unfollow": async (input, caller) => {
      await unfollow(sql, caller.personId, input.personId);
      return await relationAfter(caller, input.personId, true);
    },
    "blocks.list": async (input, caller) => await listBlocks(sql, caller.personId, input),
    "blocks.block": async (input, caller) => {
      const done = await block(deps, caller.personId, input.personId);
      if (done?.news) tellOwnDevices(deps, caller.personId, done.news);
      if (done) await deps.declineInvitationsOf({ personId: caller.personId, inviterId: input.personId });
      return await relationAfter(caller, input.personId, done !== null);
    },
    "blocks.unblock": async (input, caller) => {
      const { news } = await unblock(sql, caller.personId, input.personId);
      if (news) tellOwnDevices(deps, caller.personId, news);
      return await relationAfter(caller, input.personId, true);
    },
  };
}

async function profileOr404(
  sql: Sql,
  caller: Caller,
  who: { id: string } | { username: string },
): Promise<CommandOutput<"people.get"> | Refusal> {
  return (await readProfile(sql, caller.personId, who)) ?? noPerson();
}

function noPerson(): Refusal {
  return refuse("not_found", { detail: "There is nobody here by that name." });
}
