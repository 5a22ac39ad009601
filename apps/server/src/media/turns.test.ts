import { expect, test } from "bun:test";
import { takeTurns } from "./turns.ts";

const waiting = (...owners: string[]): { ownerId: string }[] => owners.map((ownerId) => ({ ownerId }));

test("T14: the next photo is of whoever has the fewest under way, in the order in which they came", () => {
  const turns = takeTurns({ shared: 3 });
  expect(turns.next([])).toBe(null);
  expect(turns.next(waiting("anna", "ben"))).toBe(0);
  turns.begin("anna");
  expect(turns.next(waiting("anna", "anna", "ben", "cleo"))).toBe(2);
  turns.begin("ben");
  turns.end("anna");
  expect(turns.next(waiting("ben", "anna"))).toBe(1);
  expect(turns.next(waiting("ben"))).toBe(0);
});

test("T14: when all shared places are taken, only those who have none under way begin", () => {
  const turns = takeTurns({ shared: 2 });
  turns.begin("anna");
  turns.begin("anna");
  expect(turns.next(waiting("anna"))).toBe(null);
  expect(turns.next(waiting("anna", "ben"))).toBe(1);
  turns.begin("ben");
  expect(turns.next(waiting("anna", "ben"))).toBe(null);
  turns.end("anna");
  expect(turns.next(waiting("anna", "ben"))).toBe(null);
  turns.end("ben");
  expect(turns.next(waiting("anna"))).toBe(0);
});
