import type { LanguageTag } from "@sotto/protocol/languages.ts";
import * as z from "zod";
import type { Sql } from "../db/sql.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { MailRefused, type Mailer } from "../ports/mailer.ts";
import { findByName, spendToken, writeRecoveryToken, writeVerifyToken, type Proven } from "./email-store.ts";
import { accountLetter, type LetterKind } from "./letters.ts";

export interface MailDeps {
  sql: Sql;
  /** Undefined: this server sends no e-mail. */
  mailer: Mailer | undefined;
  /** The origin that people type; links begin with it. */
  url: string;
  now: () => Date;
}

const whose = z.object({ personId: z.uuid() });
const notice = whose.extend({ address: z.string(), kind: z.enum(["password_changed", "address_changed"]) });
const asked = z.object({ usernameOrEmail: z.string() });

/** Letters go by the job queue: nobody waits for a mail server, and one that is away is tried again. */
export function mailJobs(deps: MailDeps): Jobs {
  return {
    tasks: {
      "account:verify": async (given) => await sendVerification(deps, whose.parse(given).personId),
      // Here it is looked up whether there is such a person: whoever asked has had their answer, and learns nothing (R27).
      "account:recover": async (given) => {
        const found = await findByName(deps.sql, asked.parse(given).usernameOrEmail);
        if (found) await sendRecovery(deps, found);
      },
      "account:notice": async (given) => {
        const { kind, ...to } = notice.parse(given);
        await send(deps, kind, to, "/settings/account");
      },
    },
    crontab: [],
    concurrency: 2,
  };
}

/** The newest alone is sent, to the address that waits when it is: the job says whose, and never where to. */
export async function queueVerify(sql: Sql, personId: string): Promise<void> {
  await sql`
    select graphile_worker.add_job('account:verify', ${{ personId }}::json, job_key := ${`verify ${personId}`}, max_attempts := 8)`;
}

/** Whether there is such a person or not, one job is queued (T24). */
export async function queueRecovery(sql: Sql, usernameOrEmail: string): Promise<void> {
  await sql`
    select graphile_worker.add_job('account:recover', ${{ usernameOrEmail }}::json,
      job_key := ${`recover ${usernameOrEmail}`}, max_attempts := 8)`;
}

export async function queueNotice(
  sql: Sql,
  to: Proven & { kind: "password_changed" | "address_changed" },
): Promise<void> {
  await sql`select graphile_worker.add_job('account:notice', ${to}::json, max_attempts := 8)`;
}

/**
 * Letters that wait, or that no mail server took, hold an address of the person's: they go before it is forgotten which those were. One that is being
 * sent this moment stays until the next time, and is not sent: nobody of that id is there.
 */
export async function dropLetters(tx: Sql, personId: string): Promise<void> {
  await tx`
    select graphile_worker.complete_jobs(array(
      select j.id from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where (t.identifier = 'account:notice' and j.payload->>'personId' = ${personId})
        or (t.identifier = 'account:recover' and ltrim(lower(btrim(j.payload->>'usernameOrEmail')), '@') in (
          select username from people where id = ${personId}
          union all select address from emails where person_id = ${personId}))))`;
}

/** The token is made where it is sent: it rests nowhere but in the letter. One that does not arrive is replaced by the next attempt. */
async function sendVerification(deps: MailDeps, personId: string): Promise<void> {
  const made = await writeVerifyToken(deps.sql, { personId, now: deps.now() });
  if (made) await send(deps, "verify", { personId, address: made.address }, `/verify-email#${made.token}`);
}

async function sendRecovery(deps: MailDeps, to: Proven): Promise<void> {
  const token = await writeRecoveryToken(deps.sql, { ...to, now: deps.now() });
  if (token === null) return;
  try {
    await send(deps, "recover", to, `/recover#${token}`);
  } catch (error) {
    // Nobody has it, and the next attempt is to make another before its time.
    await deps.sql.begin(async (tx) => await spendToken(tx, "recover", token, deps.now()));
    throw error;
  }
}

async function send({ sql, mailer, url }: MailDeps, kind: LetterKind, to: Proven, path: string): Promise<void> {
  const [person] = await sql`
    select name, settings->>'language' as language from people where id = ${to.personId} and deleted_at is null`;
  if (!person || !mailer) return;
  const language: LanguageTag = person.language ?? "en";
  const { name } = person;
  const letter = accountLetter(kind, { address: to.address, name, language, site: url, link: `${url}${path}` });
  try {
    await mailer.send(letter);
  } catch (error) {
    // For good: trying again would be refused again.
    if (!(error instanceof MailRefused)) throw error;
  }
}
