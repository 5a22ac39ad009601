import { expect, test } from "bun:test";
import { bioLeft, draftProblems, typedLinks } from "./profile-draft.ts";

const t = (id: string) => id;

test("C2: links are one a line, https where no scheme is typed", () => {
  expect(typedLinks("ada.example/prints\n\n http://b.example ")).toEqual([
    "https://ada.example/prints",
    "http://b.example",
  ]);
});

test("C2: what cannot be saved says so at its field", () => {
  const good = { name: "Ada", bio: "x".repeat(300), links: "ada.example" };
  expect(draftProblems(t, good)).toEqual({ name: "", bio: "", links: "" });
  expect(draftProblems(t, { ...good, name: " " }).name).toBe("profile.nameEmpty");
  expect(draftProblems(t, { ...good, name: "x".repeat(51) }).name).toBe("profile.tooLong");
  expect(draftProblems(t, { ...good, bio: "x".repeat(301) }).bio).toBe("profile.tooLong");
  expect(draftProblems(t, { ...good, links: "javascript:alert(1)" }).links).toBe("profile.badLink");
  expect(draftProblems(t, { ...good, links: "a.example\n".repeat(6) }).links).toBe("profile.tooManyLinks");
  expect(bioLeft("👨‍👩‍👧‍👦")).toBe(299);
});
