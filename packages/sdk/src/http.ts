import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import { localError, problemFrom, SottoError } from "./error.ts";
import type { Credential } from "./interface.ts";

const callTimeoutMs = 30_000;

/** The contract over HTTP. Answers are trusted: the server parses, clients ignore keys that they do not know. */
export interface Http {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The signal ends the wait; what the server hears of it is not taken back. */
  call<N extends CommandName>(name: N, input: CommandInput<N>, signal?: AbortSignal): Promise<CommandOutput<N>>;
}

export function createHttp(options: { url: string; credential: Credential }): Http {
  const url = options.url.replace(/\/+$/, "");
  const headers = authorization(options.credential);
  return {
    url,
    headers,
    async call<N extends CommandName>(name: N, input: CommandInput<N>, signal?: AbortSignal) {
      const request = toRequest(name, input);
      const response = await attempt(`${url}${request.path}`, {
        method: request.method,
        headers: request.body === undefined ? headers : { ...headers, "content-type": "application/json" },
        credentials: "same-origin",
        signal: AbortSignal.any([AbortSignal.timeout(callTimeoutMs), ...(signal ? [signal] : [])]),
        ...(request.body !== undefined && { body: request.body }),
      });
      return response as CommandOutput<N>;
    },
  };
}

/** Path keys first; the rest is the query of a GET or DELETE, the body of everything else. */
export function toRequest(name: CommandName, input: object): { method: string; path: string; body?: string } {
  const [method = "GET", template = ""] = paths[name].split(" ");
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  if (method !== "GET" && method !== "DELETE") return { method, path, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = new URLSearchParams([...rest].map(([key, value]) => [key, String(value)]));
  return { method, path: query.size > 0 ? `${path}?${query}` : path };
}

function authorization(credential: Credential): Record<string, string> {
  return credential.kind === "bearer" ? { authorization: `Bearer ${credential.token}` } : {};
}

async function attempt(url: string, init: RequestInit): Promise<unknown> {
  const { status, ok, body, requestId } = await reach(url, init);
  if (!ok) throw new SottoError(problemFrom(status, body, requestId));
  if (body === "") return {};
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw localError("unavailable", { detail: "The answer did not come from a Sotto server.", cause });
  }
}

async function reach(url: string, init: RequestInit) {
  try {
    const response = await fetch(url, init);
    const requestId = response.headers.get("x-request-id") ?? "";
    return { status: response.status, ok: response.ok, body: await response.text(), requestId };
  } catch (cause) {
    const late = cause instanceof Error && cause.name === "TimeoutError";
    throw localError("unavailable", {
      detail: late ? "The server did not answer in time." : "The server cannot be reached.",
      cause,
    });
  }
}
