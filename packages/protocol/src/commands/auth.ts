import * as z from "zod";
import { command } from "../command.ts";
import { displayName, empty, id, textUpTo, username } from "../fields.ts";
import { limits } from "../limits.ts";
import { me, page, session } from "../views.ts";

/** `cookie` for the web app of the same origin; `bearer` returns the token once. */
const credential = z.enum(["cookie", "bearer"]).default("bearer");
const password = z.string().min(limits.passwordMinChars).max(limits.passwordMaxChars);
const device = textUpTo(80).optional();
const signedIn = z.object({ me, session, token: z.string().optional() }).meta({ id: "SignedIn" });

export const signUp = command({
  name: "auth.signUp",
  summary: "Create a person and sign in.",
  auth: "none",
  over: "http",
  input: z.strictObject({
    username,
    password,
    name: displayName.optional(),
    credential,
    device,
  }),
  output: signedIn,
  errors: ["username_taken"],
  limit: "signUp",
});

export const signIn = command({
  name: "auth.signIn",
  summary: "Sign in with username and password.",
  auth: "none",
  over: "http",
  input: z.strictObject({
    username: z.string().max(limits.usernameMaxChars),
    password: z.string().max(limits.passwordMaxChars),
    credential,
    device,
  }),
  output: signedIn,
  errors: ["wrong_credentials"],
  limit: "signIn",
});

export const signOut = command({
  name: "auth.signOut",
  summary: "End this session; its socket closes within a second.",
  auth: "session",
  over: "http",
  input: empty,
  output: empty,
  errors: [],
});

export const listSessions = command({
  name: "sessions.list",
  summary: "My sessions, newest first.",
  auth: "session",
  over: "both",
  input: empty,
  output: page(session),
  errors: [],
});

export const revokeSession = command({
  name: "sessions.revoke",
  summary: "End one of my sessions; its socket closes within a second.",
  auth: "session",
  over: "both",
  input: z.strictObject({ sessionId: id }),
  output: empty,
  errors: ["not_found"],
});

export const createSocketTicket = command({
  name: "socketTickets.create",
  summary: "A ticket for one connection to /v1/socket, good for 30 seconds.",
  auth: "session",
  over: "http",
  input: empty,
  output: z.object({ ticket: z.string(), url: z.string() }),
  errors: [],
});
