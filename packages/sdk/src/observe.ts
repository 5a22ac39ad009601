import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Me, Message } from "@sotto/protocol/types.ts";
import type { Inbox } from "./inbox.ts";
import type { MeLoader } from "./me-loader.ts";

export type Observers = {
  [N in CommandName]?: (output: CommandOutput<N>, input: CommandInput<N>, askedAt: number) => void;
};

/** What an answer tells about the things that are shown, whoever asked. */
export function createObservers(options: {
  me: Pick<MeLoader, "answered" | "changed">;
  inbox: Inbox;
  onPerson: (personId: string) => void;
  onMessage: (message: Message) => void;
  /** Something changed that decides about my next message. */
  onDecisive: () => void;
}): Observers {
  const { me, inbox, onMessage, onDecisive } = options;
  const signedIn = (output: { me: Me }) => {
    options.onPerson(output.me.id);
    me.changed(output.me);
  };
  return {
    "auth.signUp": signedIn,
    "auth.signIn": signedIn,
    "me.get": (output, _input, askedAt) => me.answered(output, askedAt),
    "me.update": (output) => me.changed(output),
    "settings.get": (settings, _input, askedAt) => me.answered({ settings }, askedAt),
    "settings.update"(settings) {
      me.changed({ settings });
      onDecisive();
    },
    "follows.follow": onDecisive,
    "follows.unfollow": onDecisive,
    "blocks.block": onDecisive,
    "blocks.unblock": onDecisive,
    "conversations.get": (output, _input, askedAt) => inbox.takeAnswer(output.conversation, askedAt),
    "conversations.withPerson": (output, _input, askedAt) =>
      output.conversation && inbox.takeAnswer(output.conversation, askedAt),
    "conversations.update": (output, _input, askedAt) => inbox.takeAnswer(output, askedAt),
    "conversations.saveDraft": ({ draft }, { conversationId, writtenAt }, askedAt) =>
      inbox.draft(conversationId, { draft, writtenAt, askedAt }),
    // Its number of unread ones says nothing of the change up to which they were counted.
    "conversations.markRead": ({ readSeq }, { conversationId }) => inbox.read(conversationId, { readSeq }),
    "conversations.createGroup": (output) => inbox.take([output]),
    "conversations.leave": (_output, input) => inbox.remove(input.conversationId),
    "requests.accept"(output) {
      inbox.take([output]);
      onDecisive();
    },
    "requests.decline": (_output, input) => inbox.remove(input.conversationId),
    "messages.send": onMessage,
    "messages.sendToPerson"(output) {
      inbox.take([output.conversation]);
      onMessage(output.message);
    },
    "messages.unsend": onMessage,
    "messages.edit": onMessage,
    "messages.forward": onMessage,
    "messages.react": onMessage,
    "messages.unreact": onMessage,
    "messages.pin": onMessage,
    "messages.unpin": onMessage,
    "conversations.setDisappearing": (output, _input, askedAt) => inbox.takeAnswer(output, askedAt),
  };
}
