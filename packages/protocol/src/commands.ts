import type * as z from "zod";
import * as account from "./commands/account.ts";
import * as auth from "./commands/auth.ts";
import * as conversations from "./commands/conversations.ts";
import * as groups from "./commands/groups.ts";
import * as linkPreviews from "./commands/link-previews.ts";
import * as media from "./commands/media.ts";
import * as messages from "./commands/messages.ts";
import * as people from "./commands/people.ts";
import * as push from "./commands/push.ts";
import * as search from "./commands/search.ts";
import * as sync from "./commands/sync.ts";
import type { CommandName } from "./paths.ts";

/** Every command, once. HTTP routes, socket dispatch, OpenAPI and the hostile-input tests are made from this list. */
const list = [
  ...Object.values(auth),
  ...Object.values(account),
  ...Object.values(people),
  ...Object.values(conversations),
  ...Object.values(groups),
  ...Object.values(messages),
  ...Object.values(media),
  ...Object.values(search),
  ...Object.values(linkPreviews),
  ...Object.values(push),
  ...Object.values(sync),
] as const;

type Listed = (typeof list)[number];
type ByName = { [C in Listed as C["name"]]: C };

export const commands: ByName = Object.fromEntries(list.map((one) => [one.name, one])) as ByName;

/** What a client sends. */
export type CommandInput<N extends CommandName> = z.input<ByName[N]["input"]>;
/** What a handler gets, parsed. */
export type CommandParsed<N extends CommandName> = z.output<ByName[N]["input"]>;
export type CommandOutput<N extends CommandName> = z.output<ByName[N]["output"]>;
