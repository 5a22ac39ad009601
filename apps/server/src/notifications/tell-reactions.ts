import { Refusal } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import { seqOfMessage } from "../message-id.ts";
import type { Notices } from "./notices.ts";

/** The same commands; whose message was reacted to is told of it, and of its going. */
export function tellingReactions(handlers: Handlers, notices: Pick<Notices, "reacted">): Handlers {
  const { "messages.react": react, "messages.unreact": unreact } = handlers;
  const tell = (message: { senderId: string; conversationId: string; id: string }, reactorId: string) =>
    notices.reacted({
      authorId: message.senderId,
      conversationId: message.conversationId,
      seq: seqOfMessage(message.id),
      reactorId,
    });
  return {
    ...handlers,
    ...(react && {
      "messages.react": async (input, caller) => {
        const answer = await react(input, caller);
        if (!(answer instanceof Refusal)) tell(answer, caller.personId);
        return answer;
      },
    }),
    ...(unreact && {
      "messages.unreact": async (input, caller) => {
        const answer = await unreact(input, caller);
        if (!(answer instanceof Refusal)) tell(answer, caller.personId);
        return answer;
      },
    }),
  };
}
