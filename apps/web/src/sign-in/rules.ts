import { limits } from "@sotto/protocol/limits.ts";

export type UsernameProblem = "usernameLength" | "usernameCharacters";
export type PasswordProblem = "passwordShort" | "passwordLong" | "passwordIsUsername" | "passwordRepeats";

export function usernameProblem(username: string): UsernameProblem | null {
  if (username.length < limits.usernameMinChars || username.length > limits.usernameMaxChars) return "usernameLength";
  return /^[a-z0-9._]*[a-z0-9][a-z0-9._]*$/u.test(username) ? null : "usernameCharacters";
}

/** Length is what makes a password strong; beyond that only what would be guessed first is refused. */
export function passwordProblem(password: string, username: string): PasswordProblem | null {
  if (password.length < limits.passwordMinChars) return "passwordShort";
  if (password.length > limits.passwordMaxChars) return "passwordLong";
  if (username !== "" && password.toLowerCase() === username) return "passwordIsUsername";
  return new Set(password).size < 4 ? "passwordRepeats" : null;
}
