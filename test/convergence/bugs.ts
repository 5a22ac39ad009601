import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle, Sotto } from "@sotto/sdk/interface.ts";
import type { Change, Shelf, Storage, StoredChange } from "@sotto/sdk/store/storage.ts";
import type { Bug } from "./device.ts";

/** Mistakes that a client could have. Each must show as a difference: a simulation that misses one proves nothing. */
export const bugs: readonly Bug[] = [
  {
    name: "reaction-lost-on-reconnect",
    shows: / of .* on \d+ is /,
    storage: (storage) => forgetting(storage, ["react", "unreact"]),
  },
  { name: "edit-lost", shows: /text of/, storage: (storage) => forgetting(storage, ["edit"]) },
  { name: "hidden-comes-back", shows: /is too much/, sotto: (sotto) => eachHandle(sotto, rememberingAll) },
  {
    name: "pin-lost",
    shows: /pin of|pinned is|mutedUntil is|archived is/,
    storage: (storage) => forgetting(storage, ["pin", "unpin", "update"]),
  },
  { name: "second-copy-after-reload", shows: /copies of|new messages/, storage: renaming },
  { name: "read-marker-backwards", shows: /readSeq/, sotto: (sotto) => eachHandle(sotto, readingBackwards) },
  { name: "unread-guess-kept", shows: /\.unread is/, sotto: (sotto) => eachHandle(sotto, countingUnsent) },
  { name: "draft-overwritten-by-older", shows: /draft/, sotto: (sotto) => eachHandle(sotto, draftingTwice) },
  { name: "tombstone-missed", shows: /message \d+\.text/, sotto: (sotto) => eachHandle(sotto, keepingWords) },
];

/** Changes of these kinds are not kept on the device: they are lost with the program. */
function forgetting(storage: Storage, kinds: readonly Change["what"][]): Storage {
  const changes: Shelf<StoredChange> = {
    ...storage.changes,
    put: async (id, stored) => void (kinds.includes(stored.change.what) || (await storage.changes.put(id, stored))),
  };
  return { ...storage, changes };
}

/** What waits is sent under another id after a reload (against R13). */
function renaming(storage: Storage): Storage {
  const outbox: Storage["outbox"] = {
    ...storage.outbox,
    async all() {
      const kept = await storage.outbox.all();
      await Promise.all(kept.map(([id]) => storage.outbox.remove(id)));
      return kept.map(([id, one]) => [`${id}again`, { ...one, clientId: `${id}again` }]);
    },
  };
  return { ...storage, outbox };
}

/** The marker stays where it was first seen (against R16). */
function readingBackwards(handle: ConversationHandle): Partial<ConversationHandle> {
  let first: number | undefined;
  const get = () => {
    const state = handle.state.get();
    if (!state.conversation) return state;
    first ??= state.conversation.readSeq;
    return { ...state, conversation: { ...state.conversation, readSeq: first } };
  };
  return { state: { ...handle.state, get } };
}

/** What was taken back, or deleted for me, still counts until the marker moves (against R16). */
function countingUnsent(handle: ConversationHandle): Partial<ConversationHandle> {
  let most = { readSeq: -1, unread: 0 };
  const get = () => {
    const state = handle.state.get();
    if (!state.conversation) return state;
    const { readSeq, unread } = state.conversation;
    most = { readSeq, unread: readSeq === most.readSeq ? Math.max(most.unread, unread) : unread };
    return { ...state, conversation: { ...state.conversation, unread: most.unread } };
  };
  return { state: { ...handle.state, get } };
}

/** An earlier draft is written again after a later one. */
function draftingTwice(handle: ConversationHandle): Partial<ConversationHandle> {
  let before = "";
  return {
    saveDraft(text, replyToId) {
      const older = before;
      before = text;
      handle.saveDraft(text, replyToId);
      setTimeout(() => handle.saveDraft(older), 5);
    },
  };
}

/** What was unsent still says what it said (against R9). */
function keepingWords(handle: ConversationHandle): Partial<ConversationHandle> {
  const said = new Map<string, string>();
  const get = () => {
    const state = handle.state.get();
    for (const one of state.messages) if (one.text !== "") said.set(one.id, one.text);
    return { ...state, messages: state.messages.map((one) => ({ ...one, text: said.get(one.id) ?? one.text })) };
  };
  return { state: { ...handle.state, get } };
}

/** What was deleted for me on one device is still shown on the other (against R10). */
function rememberingAll(handle: ConversationHandle): Partial<ConversationHandle> {
  const seen = new Map<string, Message>();
  const get = () => {
    const state = handle.state.get();
    for (const one of state.messages) seen.set(one.id, one);
    const first = state.messages[0]?.seq ?? Infinity;
    const all = [...seen.values()].filter((one) => one.seq >= first);
    return { ...state, messages: all.toSorted((a, b) => a.seq - b.seq) };
  };
  return { state: { ...handle.state, get } };
}

/** The same client, whose conversations have this mistake. */
function eachHandle(sotto: Sotto, plant: (handle: ConversationHandle) => Partial<ConversationHandle>): Sotto {
  const planted = new Map<string, ConversationHandle>();
  const conversation = (id: string) => {
    const known = planted.get(id);
    if (known) return known;
    const handle = sotto.conversation(id);
    const wrapped = over(handle, plant(handle));
    planted.set(id, wrapped);
    return wrapped;
  };
  return over(sotto, { conversation });
}

function over<T extends object>(whole: T, changed: Partial<T>): T {
  return new Proxy(whole, {
    get(target, key) {
      if (key in changed) return Reflect.get(changed, key);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
