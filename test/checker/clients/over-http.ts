import type { Problem } from "@sotto/protocol/errors.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { toHttp } from "../../../apps/server/test/api-kit.ts";
import type { Outcome } from "../history.ts";

const answerWithinMs = 8_000;

/** A command over HTTP, without keeping the connection: the next one may go to another node. */
export async function callHttp(
  url: string,
  token: string,
  command: CommandName,
  input: Record<string, unknown>,
): Promise<Outcome> {
  const { method, path, body } = toHttp(command, input);
  try {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const json = JSON.parse(await response.text()) as unknown;
    return response.ok ? { is: "ok", output: json } : { is: "refused", code: (json as Problem).code };
  } catch {
    return { is: "lost" };
  }
}
