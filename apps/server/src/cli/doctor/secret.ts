import type { Sql } from "../../db/sql.ts";
import { compareSecret, otherSecretTodo, otherSecretWords } from "../../secret-check.ts";
import { ok, warning, wrong, type Finding } from "./finding.ts";

export async function checkSecret(sql: Sql, secret: string): Promise<Finding> {
  const what = "secret";
  if (secret === "") return warning(what, "there is none yet, and the next start makes one", otherSecretTodo);
  const fit = await compareSecret(sql, secret);
  if (fit === "other") return wrong(what, otherSecretWords, otherSecretTodo);
  return ok(what, fit === "same" ? "the one that the database belongs to" : "the next start gives it to the database");
}
