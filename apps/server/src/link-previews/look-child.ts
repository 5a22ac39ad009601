import { constants, setPriority } from "node:os";
import { look, type LookJob, type Seen } from "./look.ts";

/**
 * The process that meets a stranger's page: it gets one address, says what it saw, and is gone. Nothing of the server is in it,
 * neither its secrets nor its connections (T11).
 */
export type LookAnswer = { seen: Seen | null };

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
process.on("disconnect", () => process.exit(0));
process.on("message", (job: LookJob) => void answer(job));

async function answer(job: LookJob): Promise<void> {
  const message: LookAnswer = { seen: await look(job) };
  process.send?.(message);
}
