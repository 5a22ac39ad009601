import { expect, test } from "bun:test";
import { passwordProblem, usernameProblem } from "./rules.ts";

test("C1: usernames as the server takes them", () => {
  for (const good of ["ines", "a1", "ines.moreau", "_x_", "x".repeat(30)]) expect(usernameProblem(good)).toBeNull();
  for (const short of ["", "a", "x".repeat(31)]) expect(usernameProblem(short)).toBe("usernameLength");
  for (const bad of ["Ines", "inès", "a b", "..", "__", "a-b"]) expect(usernameProblem(bad)).toBe("usernameCharacters");
});

test("C1: passwords are judged by length, and by what is guessed first", () => {
  expect(passwordProblem("correct horse", "ines")).toBeNull();
  expect(passwordProblem("short", "ines")).toBe("passwordShort");
  expect(passwordProblem("x".repeat(257), "ines")).toBe("passwordLong");
  expect(passwordProblem("InesMoreau1", "inesmoreau1")).toBe("passwordIsUsername");
  expect(passwordProblem("aaaaaaaaaaab", "ines")).toBe("passwordRepeats");
});
