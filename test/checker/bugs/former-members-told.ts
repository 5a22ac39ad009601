import { plantEdits } from "./edit.ts";

/** The list of receivers holds who left, and the gateway forgets that they did (R8). */
plantEdits("former members told", [
  {
    module: "messages/facts.ts",
    from: /('members', array\(select m\.person_id from members m where m\.conversation_id = c\.id) and m\.left_at is null/,
    to: "$1",
  },
  {
    module: "gateway/leavers.ts",
    from: /if \(!left\) return payload;/,
    to: "return payload;",
  },
]);
