import { holdProven } from "../auth/passwords.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { Caller, Handlers } from "../handler.ts";
import { deleteAccount, type DeleteDeps } from "./delete.ts";
import {
  forgetAddress,
  normalAddress,
  spendToken,
  verifiedAddress,
  writePending,
  writeVerified,
} from "./email-store.ts";
import { queueNotice, queueRecovery, queueVerify, type MailDeps } from "./mail-jobs.ts";
import { provePassword, writePassword } from "./password.ts";

export interface AccountDeps extends DeleteDeps, MailDeps {
  /** Another device shows it at once. */
  changed: (personId: string, exceptConnection?: string) => void;
}

/** What belongs to an account rather than to a profile: its password, its address, its end (C9, R18). */
export function accountHandlers(deps: AccountDeps): Handlers {
  const { sql } = deps;
  return {
    "auth.changePassword": async (input, caller) =>
      await withPassword(deps, caller, input.password, async (provenHash) => {
        const { personId, sessionId } = caller;
        const change = { personId, password: input.newPassword, exceptSessionId: sessionId, provenHash };
        if (!(await writePassword(deps, change))) return wrongPassword();
        await noticeTo(deps, personId, "password_changed");
        // An address that waited for its link waits no more.
        deps.changed(personId);
        return {};
      }),
    "auth.requestRecovery": async (input) => {
      if (!deps.mailer) return refuse("no_mail");
      await queueRecovery(sql, input.usernameOrEmail.toWellFormed().replaceAll("\0", ""));
      return {};
    },
    "auth.recover": async (input) => await recover(deps, input),
    "me.setEmail": async (input, caller) =>
      await withPassword(deps, caller, input.password, async (provenHash) => {
        if (!deps.mailer) return refuse("no_mail");
        const { personId } = caller;
        const address = normalAddress(input.address);
        const waits = await sql.begin(async (tx) => {
          if (!(await holdProven(tx, personId, provenHash))) return false;
          await writePending(tx, { personId, address, now: deps.now() });
          return true;
        });
        if (!waits) return wrongPassword();
        await queueVerify(sql, personId);
        deps.changed(personId);
        return { email: { address, verified: false } };
      }),
    "me.verifyEmail": async (input) => await verify(deps, input.token),
    "me.removeEmail": async (input, caller) =>
      await withPassword(deps, caller, input.password, async () => {
        await sql.begin(async (tx) => await forgetAddress(tx, caller.personId));
        deps.changed(caller.personId);
        return {};
      }),
    "me.delete": async (input, caller) =>
      await withPassword(deps, caller, input.password, async () => {
        await deleteAccount(deps, caller.personId);
        return {};
      }),
  };
}

async function withPassword<T>(
  deps: AccountDeps,
  caller: Caller,
  password: string,
  work: (provenHash: string) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  const provenHash = await provePassword(deps.sql, caller.personId, password);
  return provenHash === null ? wrongPassword() : await work(provenHash);
}

function wrongPassword(): Refusal {
  return refuse("wrong_credentials", { detail: "The password is wrong.", pointer: "/password" });
}

async function recover(
  deps: AccountDeps,
  input: { token: string; newPassword: string },
): Promise<{ username: string } | Refusal> {
  const found = await deps.sql.begin(async (tx) => await spendToken(tx, "recover", input.token, deps.now()));
  const [person] = found
    ? await deps.sql`select username from people where id = ${found.personId} and deleted_at is null`
    : [];
  if (!found || !person) return linkOver();
  await writePassword(deps, { personId: found.personId, password: input.newPassword });
  await noticeTo(deps, found.personId, "password_changed");
  return { username: person.username };
}

async function verify(deps: AccountDeps, token: string): Promise<{ address: string } | Refusal> {
  const done = await deps.sql.begin(async (tx) => {
    const found = await spendToken(tx, "verify", token, deps.now());
    if (!found) return null;
    const before = await verifiedAddress(tx, found.personId);
    await writeVerified(tx, found, deps.now());
    return { ...found, before };
  });
  if (!done) return linkOver();
  const { personId, address, before } = done;
  if (before !== null && before !== address)
    await queueNotice(deps.sql, { personId, address: before, kind: "address_changed" });
  deps.changed(personId);
  return { address };
}

async function noticeTo(deps: AccountDeps, personId: string, kind: "password_changed"): Promise<void> {
  const address = await verifiedAddress(deps.sql, personId);
  if (address !== null) await queueNotice(deps.sql, { personId, address, kind });
}

function linkOver(): Refusal {
  return refuse("expired", { detail: "This link was used already, or is too old. Ask for a new one." });
}
