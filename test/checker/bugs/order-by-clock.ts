import { plantEdits } from "./edit.ts";

/** History in the order of the clock, not of the numbers (R14). */
plantEdits("order by clock", [
  {
    module: "messages/history.ts",
    from: /order by m\.seq \$\{range\.forward/,
    to: "order by m.created_at ${range.forward",
  },
]);
