import { commands } from "@sotto/protocol/commands.ts";
import type { Command } from "@sotto/protocol/command.ts";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import type { Hono } from "hono";
import { Refusal, refuse } from "../errors.ts";
import type { Execute } from "../execute.ts";
import { readInput } from "./read-input.ts";
import type { RequestContext } from "./context.ts";
import { jsonResponse, problemResponse } from "./responses.ts";
import type { SessionCookies } from "./session.ts";

export interface CommandRouteDeps {
  execute: Execute;
  cookies: SessionCookies;
  mintTicket: (caller: { personId: string; sessionId: string; byCookie: boolean }) => string;
}

/** Every command of the contract at its path. */
export function mountCommands(app: Hono<RequestContext>, deps: CommandRouteDeps): void {
  for (const [name, route] of Object.entries(paths) as [CommandName, string][]) {
    const [method = "", path = ""] = route.split(" ");
    app.on(method, path.replaceAll(/\{(\w+)\}/g, ":$1"), async (context) => {
      const { requestId } = context.var;
      const outcome = await run(
        name,
        deps,
        context.req.raw,
        context.req.param() as Record<string, string>,
        context.var,
      );
      return outcome instanceof Refusal ? problemResponse(outcome, requestId) : outcome;
    });
  }
}

/** The methods that some command has at this path. */
export function methodsOf(path: string): string[] {
  return patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}

const patterns = Object.values(paths).map((route) => {
  const [method = "", path = ""] = route.split(" ");
  return { method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`) };
});

async function run(
  name: CommandName,
  deps: CommandRouteDeps,
  request: Request,
  path: Record<string, string>,
  context: RequestContext["Variables"],
): Promise<Response | Refusal> {
  const command: Command = commands[name];
  if (command.auth === "session" && !context.identity) return refuse("unauthenticated");
  const input = await readInput(command, request, path);
  if (input instanceof Refusal) return input;
  const caller = {
    personId: context.identity?.personId ?? "",
    sessionId: context.identity?.sessionId ?? "",
    requestId: context.requestId,
  };
  if (name === "socketTickets.create")
    return command.input.safeParse(input).success
      ? ticket(deps, caller, context)
      : refuse("invalid", { detail: "This takes no input." });
  // Signing in and up is limited by address; everything else by person.
  const output = await deps.execute(name, input, caller, command.auth === "none" ? context.address : caller.personId);
  if (output instanceof Refusal) return output;
  return withCookie(name, deps.cookies, input, output);
}

function ticket(
  deps: CommandRouteDeps,
  caller: { personId: string; sessionId: string },
  context: RequestContext["Variables"],
): Response {
  const { personId, sessionId } = caller;
  return jsonResponse({
    ticket: deps.mintTicket({ personId, sessionId, byCookie: context.identity?.by === "cookie" }),
    url: "/v1/socket",
  });
}

/** Commands that make something answer 201. */
export function createdBy(name: string): boolean {
  return name === "auth.signUp" || name === "conversations.createGroup" || name.startsWith("messages.send");
}

/** Where a cookie was asked for, the token goes into it and nowhere else. */
function withCookie(
  name: CommandName,
  cookies: SessionCookies,
  input: Record<string, unknown>,
  output: unknown,
): Response {
  const status = createdBy(name) ? 201 : 200;
  if (name === "auth.signOut") {
    const response = jsonResponse(output);
    response.headers.append("set-cookie", cookies.clear());
    return response;
  }
  if ((name === "auth.signUp" || name === "auth.signIn") && input["credential"] === "cookie") {
    const { token, ...rest } = output as { token: string };
    const response = jsonResponse(rest, status);
    response.headers.append("set-cookie", cookies.write(token));
    return response;
  }
  return jsonResponse(output, status);
}
