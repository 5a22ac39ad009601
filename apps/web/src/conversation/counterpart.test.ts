import type { Conversation } from "@sotto/protocol/types.ts";
import { expect, test } from "bun:test";
import { counterpart } from "./counterpart.ts";

const t = (id: string, values?: Record<string, string | number>) =>
  id === "group.more" ? `${String(values?.["count"])} more` : id;

test("a group goes by the names of its members, and by the initials of two of them, not of the words around", () => {
  const shown = ["Dora Lind", "Ben Ode", "Cleo Park", "Max Roth"].map((name, at) => person(`p${at}`, name));
  const five = counterpart(t, group(shown));
  expect([five.name, five.initials]).toEqual(["Dora Lind, Ben Ode, Cleo Park, and 1 more", "DB"]);
  const three = counterpart(t, group(shown.slice(0, 2)));
  expect([three.name, three.initials]).toEqual(["Dora Lind and Ben Ode", "DB"]);
  expect(counterpart(t, group([]))).toMatchObject({ name: "group.alone" });
});

function person(id: string, name: string) {
  return { id, username: id, name, picture: null };
}

function group(people: Conversation["people"]): Conversation {
  return {
    id: "g",
    kind: "group",
    people,
    memberCount: people.length + 1,
    state: "accepted",
    lastMessage: null,
    lastSeq: 0,
    change: 0,
    readSeq: 0,
    unread: 0,
    pinned: false,
    mutedUntil: null,
  } as unknown as Conversation;
}
