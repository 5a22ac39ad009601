import { plantEdits } from "./edit.ts";

/** Who is blocked by the receiver is decided like everybody else (R5). */
plantEdits("block not looked at", [
  { module: "domain/src/may-message.ts", from: /facts\.receiverBlocksSender \|\| /, to: "" },
]);
