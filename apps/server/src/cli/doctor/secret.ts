import type { Sql } from "../../db/sql.ts";
import { compareSecret, otherSecretTodo, otherSecretWords } from "../../secret-check.ts";
import { ok, wrong, type Finding } from "./finding.ts";

export async function checkSecret(sql: Sql, secret: string): Promise<Finding> {
  const what = "secret";
  const fit = await compareSecret(sql, secret);
  if (fit === "other") return wrong(what, otherSecretWords, otherSecretTodo);
  return ok(what, fit === "same" ? "the one that the database belongs to" : "the next start gives it to the database");
}
