import { plantEdits } from "../bugs/edit.ts";

/** The planted bug of the power cut: commits do not wait for the disk, which takes its time, and nobody minds (R26, T35). */
plantEdits("no sync", [
  { module: "db/embedded-settings.ts", from: /fsync: "on",/, to: 'fsync: "on", wal_writer_delay: "3s",' },
  { module: "db/connect.ts", from: /synchronous_commit: "on"/, to: 'synchronous_commit: "off"' },
  { module: "db/assert-fit.ts", from: /if \(value === "off"/, to: 'if (value === "none"' },
]);
