import { plantEdits } from "./edit.ts";

/** The first conversation after the cursor is passed over (R15). */
plantEdits("cursor one too far", [
  { module: "sync/pull.ts", from: /counter > \$\{range\.since\}/, to: "counter > ${range.since + 1}" },
]);
