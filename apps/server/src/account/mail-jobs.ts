import type { LanguageTag } from "@sotto/protocol/languages.ts";
import * as z from "zod";
import type { Sql } from "../db/sql.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { MailRefused, type Mailer } from "../ports/mailer.ts";
import { findByName, spendToken, writeToken, type Proven, type Purpose } from "./email-store.ts";
import { accountLetter, type LetterKind } from "./letters.ts";

export interface MailDeps {
  sql: Sql;
  /** Undefined: this server sends no e-mail. */
  mailer: Mailer | undefined;
  /** The origin that people type; links begin with it. */
  url: string;
  now: () => Date;
}

const proof = z.object({ personId: z.uuid(), address: z.string() });
const notice = proof.extend({ kind: z.enum(["password_changed", "address_changed"]) });
const asked = z.object({ usernameOrEmail: z.string() });

/** Letters go by the job queue: nobody waits for a mail server, and one that is away is tried again. */
export function mailJobs(deps: MailDeps): Jobs {
  return {
    tasks: {
      "account:verify": async (given) => await sendProof(deps, "verify", proof.parse(given)),
      // Here it is looked up whether there is such a person: whoever asked has had their answer, and learns nothing (R27).
      "account:recover": async (given) => {
        const found = await findByName(deps.sql, asked.parse(given).usernameOrEmail);
        if (found) await sendProof(deps, "recover", found);
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

/** The newest alone is sent: one job for each person and purpose. */
export async function queueVerify(sql: Sql, to: Proven): Promise<void> {
  await sql`
    select graphile_worker.add_job('account:verify', ${to}::json, job_key := ${`verify ${to.personId}`}, max_attempts := 8)`;
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

/** The token is made where it is sent: it rests nowhere but in the letter. */
async function sendProof(deps: MailDeps, purpose: Purpose, to: Proven): Promise<void> {
  const token = await writeToken(deps.sql, { ...to, purpose, now: deps.now() });
  if (token === null) return;
  try {
    await send(deps, purpose, to, `/${purpose === "verify" ? "verify-email" : "recover"}#${token}`);
  } catch (error) {
    // Nobody has it: the next attempt makes another.
    await deps.sql.begin(async (tx) => await spendToken(tx, purpose, token, deps.now()));
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
