import type { Sotto } from "@sotto/sdk/interface.ts";
import { keepRelation } from "./use-profile.ts";

export async function block(sotto: Sotto, personId: string): Promise<void> {
  keepRelation(sotto, personId, await sotto.call("blocks.block", { personId }));
}

export async function unblock(sotto: Sotto, personId: string): Promise<void> {
  keepRelation(sotto, personId, await sotto.call("blocks.unblock", { personId }));
}
