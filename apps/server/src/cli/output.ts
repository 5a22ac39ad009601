import type { CliError } from "./cli-error.ts";

/** Results go to stdout, in one of two forms; everything else goes to stderr, so that `--json` can be piped. */
export interface Output {
  /** `words` for people, `value` for programs. */
  result(words: string, value: unknown): void;
  note(words: string): void;
  error(error: CliError): void;
  /** A bar on a terminal, nothing elsewhere. */
  progress(label: string): Progress;
}

export interface Progress {
  update(done: number, all: number): void;
  end(): void;
}

interface Stream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const barCells = 24;
const redrawEveryMs = 80;

export function createOutput(options: { json: boolean; stdout: Stream; stderr: Stream }): Output {
  const { json, stdout, stderr } = options;
  return {
    result: (words, value) => void stdout.write(json ? `${JSON.stringify(value)}\n` : `${words}\n`),
    note: (words) => void stderr.write(`${words}\n`),
    error({ code, message }) {
      stderr.write(json ? `${JSON.stringify({ error: { code, detail: message } })}\n` : `${message}\n`);
    },
    progress: (label) => (stderr.isTTY ? bar(label, stderr) : silent),
  };
}

const silent: Progress = { update: () => undefined, end: () => undefined };

function bar(label: string, stream: Stream): Progress {
  let drawnMs = 0;
  return {
    update(done, all) {
      const nowMs = Date.now();
      if (nowMs - drawnMs < redrawEveryMs && done < all) return;
      drawnMs = nowMs;
      stream.write(`\r\x1b[K${drawBar({ label, done, all, columns: stream.columns ?? 80 })}`);
    },
    end: () => void stream.write("\r\x1b[K"),
  };
}

export function drawBar(options: { label: string; done: number; all: number; columns: number }): string {
  const share = options.all === 0 ? 1 : Math.min(1, options.done / options.all);
  const filled = Math.round(share * barCells);
  const line = `${options.label} ${"█".repeat(filled)}${"░".repeat(barCells - filled)} ${Math.round(share * 100)} %`;
  return line.slice(0, options.columns - 1);
}
