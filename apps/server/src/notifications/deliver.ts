import webPush from "web-push";
import { guardedRequest, type GuardedAnswer, type GuardedRefusal } from "../guard/guarded-request.ts";
import type { PushKeys } from "./push-keys.ts";
import type { Device } from "./subscriptions.ts";

/**
 * `taken`: the push service has it. `ended`: there is no such subscription any more (RFC 8030, 7.3), or it may not be asked (T10).
 * `refused`: this push will never be taken. `later`: tried again, not before `retryAfterMs` where that was said.
 */
export type Delivery =
  | { is: "taken" | "refused" }
  | { is: "ended"; why: string }
  | { is: "later"; retryAfterMs: number | null };

export interface Push {
  payload: string;
  /** Takes the place of an undelivered one of the same topic. */
  topic: string;
  urgency: "high" | "normal" | "low";
  ttlSeconds: number;
}

export interface DeliverDeps {
  keys: PushKeys;
  /** Whom a push service writes to when something is wrong with our pushes: a `mailto:` or https address. */
  contact: string;
  /** `host:port` inside the network that may be a push service's. */
  allow: readonly string[];
  ca?: string | undefined;
}

/** One push, encrypted for one browser (RFC 8291), to its push service: through the guard, in a bounded time, with a bounded answer. */
export async function deliver(deps: DeliverDeps, device: Device, push: Push): Promise<Delivery> {
  const { headers, body } = webPush.generateRequestDetails(
    { endpoint: device.endpoint, keys: { p256dh: device.p256dh, auth: device.auth } },
    push.payload,
    {
      vapidDetails: { subject: deps.contact, ...deps.keys },
      contentEncoding: "aes128gcm",
      TTL: push.ttlSeconds,
      urgency: push.urgency,
      topic: push.topic,
    },
  );
  const answer = await guardedRequest({
    url: device.endpoint,
    method: "POST",
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
    body: body ?? new Uint8Array(),
    limits: { bytes: answerBytes, totalMs: deliveryTimeoutMs, redirects: 0 },
    cut: true,
    allow: deps.allow,
    ...(deps.ca !== undefined && { ca: deps.ca }),
  });
  return judge(answer);
}

const answerBytes = 4_096;
const deliveryTimeoutMs = 8_000;

function judge(answer: GuardedAnswer | GuardedRefusal): Delivery {
  if (!answer.ok)
    return neverAgain.includes(answer.reason)
      ? { is: "ended", why: answer.reason }
      : { is: "later", retryAfterMs: null };
  if (answer.status >= 200 && answer.status < 300) return { is: "taken" };
  if (answer.status === 404 || answer.status === 410) return { is: "ended", why: String(answer.status) };
  if (answer.status === 400 || answer.status === 413) return { is: "refused" };
  return { is: "later", retryAfterMs: retryAfter(answer.headers["retry-after"]) };
}

const neverAgain: readonly GuardedRefusal["reason"][] = ["bad_url", "port", "private", "redirects", "downgrade"];
const retryAfterMostMs = 24 * 3_600_000;

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | string[] | undefined): number | null {
  if (typeof value !== "string") return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), retryAfterMostMs) : null;
}
