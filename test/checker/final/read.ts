import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { callHttp } from "../clients/over-http.ts";
import type { PhotoFinal, ShownFinal } from "../final.ts";
import { okOf, type History, type Outcome } from "../history.ts";
import type { World } from "../world.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Somebody } from "../../../apps/server/test/api-kit.ts";
import { inParallel } from "../../../apps/server/test/api-kit.ts";
import type { StoredRows } from "./dump.ts";

const atOnce = 4;

/** What every person is shown of every conversation, also of those they left: the conversation, and all of its history. */
export async function readEverything(url: string, world: World, history: History): Promise<ShownFinal[]> {
  const asked = world.chats.flatMap((chat) =>
    world.people.filter((one) => chat.memberIds.includes(one.id)).map((person) => ({ person, chat })),
  );
  return await inParallel(asked, atOnce, async ({ person, chat }) => {
    const read: Read = async (command, input) =>
      await history.record(
        { device: "last reads", personId: person.id, kind: "lastRead", command, input },
        async () => {
          return await callHttp(url, person.token, command, input);
        },
      );
    const input = { conversationId: chat.id };
    const shown = { personId: person.id, conversationId: chat.id };
    return {
      ...shown,
      conversation: await read("conversations.get", input),
      history: await readHistory(read, chat.id),
    };
  });
}

type Read = (command: CommandName, input: Record<string, unknown>) => Promise<Outcome>;

async function readHistory(read: Read, conversationId: string): Promise<ShownFinal["history"]> {
  const all: { id: string; seq: number }[] = [];
  for (;;) {
    const outcome = await read("messages.list", { conversationId, after: all.at(-1)?.seq ?? 0, limit: 200 });
    const page = okOf<CommandOutput<"messages.list">>(outcome);
    if (!page) return null;
    all.push(...page.items.map(({ id, seq }) => ({ id, seq })));
    if (!page.hasNewer || page.items.length === 0) return all;
  }
}

/** Every photo that a message ever held, asked for by another member: those of tombstones too. */
export async function readPhotos(options: {
  url: string;
  world: World;
  rows: StoredRows;
  everSent: readonly { mediaId: string; conversationId: string }[];
}): Promise<PhotoFinal[]> {
  const { url, world, rows, everSent } = options;
  return await inParallel(everSent, atOnce, async ({ mediaId, conversationId }) => {
    const member = rows.members.find((one) => one.conversationId === conversationId && !one.left);
    const person = world.people.find((one) => one.id === member?.personId);
    if (!person) return { mediaId, personId: "", status: 0, sha256: null };
    return { mediaId, personId: person.id, ...(await fetchPhoto(url, person, mediaId)) };
  });
}

async function fetchPhoto(
  url: string,
  person: Somebody,
  mediaId: string,
): Promise<{ status: number; sha256: string | null }> {
  const response = await fetch(`${url}/v1/media/${mediaId}/original`, {
    headers: { authorization: `Bearer ${person.token}` },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const served = response.status === 200;
  return {
    status: response.status,
    sha256: served ? new Bun.CryptoHasher("sha256").update(bytes).digest("hex") : null,
  };
}
