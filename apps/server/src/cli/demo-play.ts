import { SottoError } from "@sotto/sdk/error.ts";
import { member, type Members } from "./demo-members.ts";
import type { DemoConversation, DemoLine } from "./demo-conversations.ts";
import type { DemoPhotos } from "./demo-photos.ts";

type Written = Extract<DemoLine, { by: string }>;

/** One conversation, line by line, each by its author. Ids are fixed, so a second run repeats nothing (R13). */
export async function playConversation(
  conversation: DemoConversation,
  members: Members,
  photos: DemoPhotos,
): Promise<void> {
  const [one, other] = conversation.between;
  // Uploads go ahead of the conversation, which waits for each when its turn comes.
  const media = conversation.lines.map((line) =>
    "photo" in line && line.photo ? photos.upload(line.photo, member(members, line.by)) : undefined,
  );
  const position = { conversationId: "", seq: 0 };
  for (const [index, line] of conversation.lines.entries()) {
    if ("read" in line) {
      if (position.seq > 0) await member(members, line.read).sotto.call("conversations.markRead", position);
      continue;
    }
    const to = line.by === one ? other : one;
    const clientId = `demo-${one}-${other}-${index}`.replaceAll(".", "_");
    const mediaId = await media[index];
    // As in the app: nobody answers what they have not looked at.
    if (position.seq > 0) await member(members, line.by).sotto.call("conversations.markRead", position);
    const message = await say(members, { line, to, clientId, mediaIds: mediaId === undefined ? [] : [mediaId] });
    if (message) Object.assign(position, { conversationId: message.conversationId, seq: message.seq });
  }
}

export async function playRequest(
  request: { from: string; to: string; text: string },
  members: Members,
): Promise<void> {
  const personId = member(members, request.to).personId;
  const clientId = `demo-request-${request.from}-${request.to}`;
  const { sotto } = member(members, request.from);
  await patiently(() => sotto.call("messages.sendToPerson", { personId, clientId, text: request.text, mediaIds: [] }));
}

async function say(members: Members, options: { line: Written; to: string; clientId: string; mediaIds: string[] }) {
  const { line, to, clientId, mediaIds } = options;
  const { sotto } = member(members, line.by);
  const { personId } = member(members, to);
  try {
    const { message } = await patiently(() =>
      sotto.call("messages.sendToPerson", { personId, clientId, text: line.text, mediaIds }),
    );
    const { conversationId, id: messageId } = message;
    if (line.unsent) await sotto.call("messages.unsend", { conversationId, messageId });
    return message;
  } catch (error) {
    // Said by an earlier run, with another upload of the same photo.
    if (error instanceof SottoError && error.code === "conflict") return undefined;
    throw error;
  }
}

/** The limits hold for the demo too. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SottoError) || error.code !== "rate_limited" || attempt === 20) throw error;
      const waitMs = Date.parse(error.problem.retryAt ?? "") - Date.now();
      await Bun.sleep(Math.min(Math.max(50, waitMs || 500), 5_000));
    }
  }
}
