import type { ConfigProblem } from "./config.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Gathers every problem, so that one start names them all. */
export class ProblemList {
  readonly list: ConfigProblem[] = [];

  add(variable: string, message: string): void {
    this.list.push({ variable, message });
  }

  /** A misspelt variable would silently not protect. Those of the tests and benchmarks are not ours to judge. */
  addUnknown(env: Environment, known: ReadonlySet<string>): void {
    for (const name of Object.keys(env)) {
      if (!name.startsWith("SOTTO_") || known.has(name) || name === "SOTTO_SECRET") continue;
      if (/^SOTTO_(TEST|BENCH|CORPUS|BROWSER)/.test(name)) continue;
      this.add(name, "there is no such variable");
    }
  }
}

/** Readers for each kind of value. An empty variable is an unset one. Every error names the variable, the unit and the range. */
export function fields(env: Environment, problems: ProblemList) {
  const known = new Set<string>();
  const raw = (name: string): string | undefined => {
    known.add(name);
    return env[name]?.trim() || undefined;
  };
  const list = (name: string): string[] =>
    (raw(name) ?? "")
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  return {
    known,
    text: (name: string, options: { default: string }): string => raw(name) ?? options.default,
    optionalText: (name: string, options: { minChars: number }): string | undefined => {
      const value = raw(name);
      if (value !== undefined && value.length < options.minChars) {
        problems.add(name, `needs at least ${options.minChars} characters, and has ${value.length}`);
      }
      return value;
    },
    integer: (name: string, options: IntegerOptions): number => integer(raw(name), name, options, problems),
    flag: (name: string, options: { default: boolean }): boolean => flag(raw(name), name, options, problems),
    choice: <T extends string>(name: string, options: { default: T; choices: readonly T[] }): T =>
      choice(raw(name), name, options, problems),
    origin: (name: string, options: { default: string }): string =>
      origin(raw(name) ?? options.default, name, problems),
    origins: (name: string): string[] => list(name).map((part) => origin(part, name, problems)),
    hostPorts: (name: string): string[] => list(name).filter((part) => isHostPort(part, name, problems)),
    /** Parts between commas. */
    list,
    postgresUrl: (name: string): string | undefined => postgresUrl(raw(name), name, problems),
  };
}

interface IntegerOptions {
  default: number;
  min: number;
  max: number;
  unit: string;
}

function integer(value: string | undefined, name: string, options: IntegerOptions, problems: ProblemList): number {
  if (value === undefined) return options.default;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= options.min && number <= options.max) return number;
  problems.add(name, `needs a whole number (${options.unit}) from ${options.min} to ${options.max}, and is "${value}"`);
  return options.default;
}

function flag(value: string | undefined, name: string, options: { default: boolean }, problems: ProblemList): boolean {
  if (value === undefined) return options.default;
  if (["1", "true", "yes", "on"].includes(value)) return true;
  if (["0", "false", "no", "off"].includes(value)) return false;
  problems.add(name, `needs true or false (or 1, yes, on; 0, no, off), and is "${value}"`);
  return options.default;
}

function choice<T extends string>(
  value: string | undefined,
  name: string,
  options: { default: T; choices: readonly T[] },
  problems: ProblemList,
): T {
  if (value === undefined) return options.default;
  const found = options.choices.find((one) => one === value);
  if (found === undefined) problems.add(name, `needs one of ${options.choices.join(", ")}, and is "${value}"`);
  return found ?? options.default;
}

function origin(value: string, name: string, problems: ProblemList): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    url &&
    ["http:", "https:"].includes(url.protocol) &&
    url.pathname === "/" &&
    !url.search &&
    !url.hash &&
    !url.username
  ) {
    return url.origin;
  }
  problems.add(name, `needs an address like https://messages.example.org, without a path, and is "${value}"`);
  return value;
}

function isHostPort(part: string, name: string, problems: ProblemList): boolean {
  if (/^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/.test(part)) return true;
  problems.add(name, `needs hosts with ports, such as wiki.example.org:8080, between commas, and has "${part}"`);
  return false;
}

function postgresUrl(value: string | undefined, name: string, problems: ProblemList): string | undefined {
  // The value may hold a password: it is not repeated.
  if (value !== undefined && !/^postgres(ql)?:\/\//.test(value)) {
    problems.add(name, "needs an address like postgres://user:password@host:5432/sotto");
  }
  return value;
}
