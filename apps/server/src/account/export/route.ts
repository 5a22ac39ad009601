import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { makeZip } from "client-zip";
import { Refusal } from "../../errors.ts";
import type { Execute } from "../../execute.ts";
import type { Caller } from "../../handler.ts";
import { problemResponse } from "../../http/responses.ts";
import type { Limit } from "../../limits.ts";
import { exportFiles, type ExportReader } from "./files.ts";

export interface ExportDeps {
  execute: Execute;
  serve: (
    request: Request,
    caller: { personId: string; sessionId: string; requestId: string },
    asked: { mediaId: string; rendition: string },
  ) => Promise<Response>;
  limit: Limit;
  /** Whether a session is still there; given by `auth/`. */
  lives: (session: { personId: string; sessionId: string }) => Promise<boolean>;
  now: () => Date;
}

/**
 * `GET /v1/me/export` (C9): a ZIP of everything of mine, made while it is downloaded; nothing of it is kept on the server. It is
 * read through the app's own commands: what was unsent, or deleted for me, is not in it (R9, R10).
 */
export function exportRoute(deps: ExportDeps): (caller: Caller) => Promise<Response> {
  return async (caller) => {
    const refused = await deps.limit("export", caller.personId);
    if (refused) return problemResponse(refused, caller.requestId);
    const day = deps.now().toISOString().slice(0, 10);
    return new Response(makeZip(exportFiles(readerFor(deps, caller))), {
      headers: {
        "content-type": "application/zip",
        "content-disposition": `attachment; filename="sotto-export-${day}.zip"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  };
}

/**
 * A refusal in the middle ends the download: half an export is not passed off as a whole one (R15). So does the end of the session
 * (T5): whoever downloads slowly would read on for hours after they were signed out, what came since included.
 */
function readerFor({ execute, serve, lives }: ExportDeps, caller: Caller): ExportReader {
  const stillHere = async () => {
    if (!(await lives(caller))) throw new Error("the export's session is over");
  };
  return {
    async ask(name, input) {
      await stillHere();
      const output = await execute(name, input, caller);
      if (output instanceof Refusal) throw new Error(`the export met ${output.code} at ${name}`);
      return output as CommandOutput<typeof name>;
    },
    async photo(mediaId) {
      await stillHere();
      const request = new Request(`http://localhost/v1/media/${mediaId}/original`);
      const response = await serve(request, caller, { mediaId, rendition: "original" });
      return response.status === 200 ? response.body : null;
    },
  };
}
