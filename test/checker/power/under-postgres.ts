import { plantEdits } from "../bugs/edit.ts";

/** Loaded into a server before its own modules: its PostgreSQL runs on the file layer that the environment names. */
const names = ["LD_PRELOAD", "SOTTO_TEST_POWER_JOURNAL", "SOTTO_TEST_POWER_ROOT"] as const;
const given = JSON.parse(process.env["SOTTO_TEST_POWER"] ?? "{}") as Record<string, string>;
const env = names.map((name) => `${name}: ${JSON.stringify(given[name] ?? "")}`).join(", ");

plantEdits("power cut", [{ module: "db/postmaster.ts", from: /LC_ALL: "C" \}/, to: `LC_ALL: "C", ${env} }` }]);
