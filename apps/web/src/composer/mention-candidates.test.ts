import type { PersonBrief } from "@sotto/protocol/types.ts";
import { expect, test } from "bun:test";
import { begunMention, candidates, mentionedIn } from "./mention-candidates.ts";

const people = [
  person("1", "ines", "Ines Moreau"),
  person("2", "tomas.v", "Tomás Vidal"),
  person("3", "noor", "نور حداد"),
];

test("C11: an @ that begins a word is a mention that is begun; an address is not", () => {
  expect(begunMention("hello @in")).toEqual({ from: 6, typed: "in" });
  expect(begunMention("@")).toEqual({ from: 0, typed: "" });
  expect(begunMention("(@نو")).toEqual({ from: 1, typed: "نو" });
  for (const none of ["a@b", "mail a.@b", "@ines and", "@@x", ""])
    expect({ none, found: begunMention(none) }).toEqual({ none, found: null });
});

test("C11: members are found by username and by each word of their name, whatever its accents", () => {
  const found = (typed: string) => candidates(people, typed, 5).map(({ username }) => username);
  expect(found("")).toEqual(["ines", "tomas.v", "noor"]);
  expect(found("tomas")).toEqual(["tomas.v"]);
  expect(found("VID")).toEqual(["tomas.v"]);
  expect(found("مور")).toEqual([]);
  expect(found("حد")).toEqual(["noor"]);
  expect(candidates(people, "", 2).length).toBe(2);
  expect(candidates([{ ...people[0], deleted: true } as PersonBrief], "", 5)).toEqual([]);
});

test("C11: who is named when the message is sent is told, once each", () => {
  expect(mentionedIn("@ines, ask @tomas.v. @ines!", people)).toEqual(["1", "2"]);
  expect(mentionedIn("mail me@ines, @nobody", people)).toEqual([]);
});

function person(id: string, username: string, name: string): PersonBrief {
  return { id, username, name, picture: null };
}
