/**
 * Who may import whom: the one place where it is decided. Dependencies point one way:
 * protocol ← domain ← sdk ← web, and protocol, domain ← server. An edge is added here with its reason, or not at all.
 */
export const workspaces: Record<string, readonly string[]> = {
  "packages/protocol": [],
  "packages/domain": ["@sotto/protocol"],
  "packages/sdk": ["@sotto/protocol", "@sotto/domain"],
  "apps/web": ["@sotto/protocol", "@sotto/domain", "@sotto/sdk"],
  "apps/server": ["@sotto/protocol", "@sotto/domain"],
};

/** The command line is a client like any other: it sends through the SDK. */
export const mayUseSdk = ["apps/server/src/cli/"];

/** Folders of apps/server/src that every feature stands on, and what each of them may import. */
const base: Record<string, readonly string[]> = {
  db: [],
  ports: [],
  // Counts and times, which every folder adds to.
  telemetry: ["db"],
  // What was erased, on its way from the database into the ledger (R9).
  erasures: ["db", "ports"],
  // Knows every table; the names of the renditions are the photo pipeline's, what waits for the ledger is `erasures/`'s, what a deleted
  // account loses `account/`'s.
  backup: ["db", "ports", "media", "erasures", "account"],
  adapters: ["ports"],
  // graphile-worker, and what a feature gives it to do.
  jobs: ["db", "ports"],
  fanout: ["db", "ports"],
  // The one way to an address that a person gave (T10): previews and push use it.
  guard: [],
  // What several processes know of each other; says in sync cursors where people stand.
  cluster: ["db", "ports", "fanout"],
  // Imports no feature: it gets a function that executes commands.
  gateway: ["ports"],
  // Reads the session that came with a request.
  http: ["db", "ports", "auth"],
};

const featureFolders = [
  "account",
  "auth",
  "people",
  "conversations",
  "groups",
  "messages",
  "requests",
  "media",
  "sync",
  "search",
  "link-previews",
  "notifications",
] as const;
const featureBase = ["db", "ports", "fanout", "jobs", "erasures", "guard"];

/** Features meet in app.ts and through packages/domain. These are the exceptions. */
const featureEdges: Record<string, readonly string[]> = {
  // Passwords, tokens, and the end of all sessions; the export is HTTP alone, with its answers.
  account: ["auth", "http"],
  // A preview's image goes through the photo pipeline; people take turns with pages as they do with photos.
  "link-previews": ["media"],
  // A first contact takes the same locks on the pair as a block (T8).
  messages: ["people"],
  // Adding somebody takes the same locks on the pair as a block (T8).
  groups: ["people"],
  // Uploads and photos are HTTP alone, with its answers and errors.
  media: ["http"],
};

const folders: Record<string, readonly string[]> = {
  ...base,
  ...Object.fromEntries(featureFolders.map((name) => [name, [...featureBase, ...(featureEdges[name] ?? [])]])),
  cli: [...Object.keys(base), ...featureFolders],
};

export const serverFolders: Record<string, readonly string[]> = Object.fromEntries(
  Object.entries(folders).map(([name, allowed]) => [name, [...allowed, "telemetry"]]),
);

/** Files of apps/server/src that put the rest together: nothing in a folder may import them. */
export const compositionFiles = [
  "main.ts",
  "app.ts",
  "foundation.ts",
  "features.ts",

  "media-feature.ts",
  "deps.ts",
];

/** The only file that names adapters. */
export const adapterUser = "deps.ts";

/** Where the process meets its environment; everything else takes a `Config`. */
export const mayReadEnvironment = [
  "apps/server/src/main.ts",
  "apps/server/src/cli/main.ts",
  // Support for tests: finds the server that a test run shares.
  "apps/server/src/test-database.ts",
];
