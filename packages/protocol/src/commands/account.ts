import * as z from "zod";
import { command } from "../command.ts";
import { empty } from "../fields.ts";
import { limits } from "../limits.ts";
import { emailView } from "../views.ts";

/** What is asked again before anything that somebody at an open device should not be able to do. */
const password = z.string().max(limits.passwordMaxChars);
const newPassword = z.string().min(limits.passwordMinChars).max(limits.passwordMaxChars);
/** From a link in an e-mail. */
const token = z.string().regex(/^[A-Za-z0-9_-]{20,100}$/);

export const changePassword = command({
  name: "auth.changePassword",
  summary: "A new password; every other session of mine ends.",
  auth: "session",
  over: "http",
  input: z.strictObject({ password, newPassword }),
  output: empty,
  errors: ["wrong_credentials"],
  limit: "password",
});

export const requestRecovery = command({
  name: "auth.requestRecovery",
  summary:
    "A link to choose a new password, to the verified address of that person; the answer never says whether there is one (R27).",
  auth: "none",
  over: "http",
  input: z.strictObject({ usernameOrEmail: z.string().min(1).max(limits.emailChars) }),
  output: empty,
  errors: ["no_mail"],
  limit: "recovery",
});

export const recover = command({
  name: "auth.recover",
  summary: "A new password, by the link of the e-mail, once; every session ends.",
  auth: "none",
  over: "http",
  input: z.strictObject({ token, newPassword }),
  output: z.object({ username: z.string() }),
  errors: ["expired"],
  limit: "emailToken",
});

export const setEmail = command({
  name: "me.setEmail",
  summary:
    "My e-mail address, for the digest and for recovery: it holds once the link that is sent there was followed.",
  auth: "session",
  over: "http",
  input: z.strictObject({ password, address: z.email().max(limits.emailChars) }),
  output: z.object({ email: emailView }),
  errors: ["wrong_credentials", "no_mail"],
  limit: "email",
});

export const verifyEmail = command({
  name: "me.verifyEmail",
  summary: "The address is mine: by the link that was sent to it.",
  auth: "none",
  over: "http",
  input: z.strictObject({ token }),
  output: z.object({ address: z.string() }),
  errors: ["expired"],
  limit: "emailToken",
});

export const removeEmail = command({
  name: "me.removeEmail",
  summary: "Forget my e-mail address.",
  auth: "session",
  over: "http",
  input: z.strictObject({ password }),
  output: empty,
  errors: ["wrong_credentials"],
  limit: "password",
});

export const deleteMe = command({
  name: "me.delete",
  summary: "Delete my account, for good. Others keep what they received, from a deleted account (R18).",
  auth: "session",
  over: "http",
  input: z.strictObject({ password }),
  output: empty,
  errors: ["wrong_credentials"],
  limit: "password",
});
