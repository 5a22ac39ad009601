import * as z from "zod";
import { command } from "../command.ts";
import { empty, id, wellFormed } from "../fields.ts";
import { limits } from "../limits.ts";

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);

export const pushKey = command({
  name: "push.key",
  summary: "The server's public key for Web Push (VAPID), base64url.",
  auth: "session",
  over: "both",
  input: empty,
  output: z.object({ publicKey: z.string() }),
  errors: [],
});

export const subscribePush = command({
  name: "push.subscribe",
  summary: "Notify this browser; it belongs to this session and ends with it (C7).",
  auth: "session",
  over: "both",
  input: z.strictObject({
    endpoint: wellFormed.max(limits.urlChars),
    keys: z.strictObject({ p256dh: base64url, auth: base64url }),
  }),
  output: z.object({ subscriptionId: id }),
  errors: [],
  limit: "push",
});

export const unsubscribePush = command({
  name: "push.unsubscribe",
  summary: "No more notifications to this browser.",
  auth: "session",
  over: "both",
  input: z.strictObject({ endpoint: wellFormed.max(limits.urlChars) }),
  output: empty,
  errors: [],
});
