import { createHash } from "node:crypto";
import type { Settings } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { deliver, type DeliverDeps, type Delivery, type Push } from "./deliver.ts";
import { quietUntil } from "./quiet-hours.ts";
import { queuePush } from "./queue.ts";
import { claim, endSubscription, noteDelivery, readDevices, settle, type Device, type Shown } from "./subscriptions.ts";
import { parseTag, type PushPayload } from "./tags.ts";
import { readWanted, type Wanted } from "./wanted.ts";
import { wordsIn } from "./words.ts";

export interface PushJobDeps extends DeliverDeps {
  sql: Sql;
  /** Given by `people/`. */
  settings: (personId: string) => Promise<Settings>;
  /** A subscription was ended because its address may not be asked. */
  onRefusedEndpoint: (subscriptionId: string, why: string) => void;
  now: () => Date;
}

/**
 * Brings every device of a person to what it should show under a tag, each by itself: facts → decide → claim → deliver. What a device
 * shows is known before it is sent, so a message that is taken back meanwhile is replaced by whichever job comes after (R9), and doing
 * it again changes nothing. Quiet hours, a failing push service or a flood of requests queue it again for later. Answers how many
 * milliseconds the slowest push service took; null when none was asked.
 */
export async function runPush(deps: PushJobDeps, payload: PushPayload): Promise<number | null> {
  const { sql, now } = deps;
  const devices = await readDevices(sql, payload.personId, payload.tag);
  if (devices.length === 0) return null;
  const settings = await deps.settings(payload.personId);
  const wanted = await readWanted(sql, settings, payload);
  const { quietHours } = settings.notifications;
  const quiet = quietHours && quietUntil(now(), quietHours, settings.timeZone);
  const asked: number[] = [];
  const laters = await Promise.all(
    devices.map(async (device) => await bringUp(deps, { payload, settings, wanted, quiet, asked }, device)),
  );
  const next = laters.flatMap((later) => later ?? []).toSorted((a, b) => a.getTime() - b.getTime())[0];
  if (next) await queuePush(sql, payload, next);
  return asked.length === 0 ? null : Math.max(...asked);
}

interface Situation {
  payload: PushPayload;
  settings: Settings;
  wanted: Wanted | null;
  quiet: Date | null;
  /** Of each push service that was asked, how long it took in milliseconds. */
  asked: number[];
}

/** Answers when this device has to be looked at again; null: it shows what it should. */
async function bringUp(deps: PushJobDeps, situation: Situation, device: Device): Promise<Date | null> {
  const nowMs = deps.now().getTime();
  const step = decideStep(situation.wanted, device, { nowMs, quiet: situation.quiet });
  if (step.is === "nothing") return null;
  if (step.is === "wait") return step.until;
  const { personId, tag } = situation.payload;
  const key = { personId, sessionId: device.session_id, id: device.id, tag };
  const shows = step.is === "show" ? step.wanted : { position: device.shown?.position ?? 0, change: -1, count: 0 };
  if (!(await claim(deps.sql, key, { ...shows, at: deps.now() }))) return null;
  const beganMs = performance.now();
  const delivery = await deliver(deps, device, toPush(step, situation, device));
  situation.asked.push(performance.now() - beganMs);
  return await conclude(deps, { key, device, delivery, shows: step.is === "show" });
}

/** Longer than a delivery takes: what is on its way must not arrive after what takes its place. */
const inFlightMs = 10_000;

type Step =
  | { is: "nothing" }
  | { is: "wait"; until: Date }
  /** `alert`: something is new; otherwise what stands there is corrected, without a sound. */
  | { is: "show"; wanted: Wanted; alert: boolean }
  | { is: "clear" };

/** Pure. */
export function decideStep(
  wanted: Wanted | null,
  device: Pick<Device, "shown" | "retry_at">,
  { nowMs, quiet }: { nowMs: number; quiet: Date | null },
): Step {
  const { shown, retry_at: retryAt } = device;
  const step = compare(wanted, shown);
  if (step.is === "nothing") return step;
  const settledAtMs = shown && !shown.taken ? shown.shownAtMs + inFlightMs : 0;
  if (settledAtMs > nowMs) return { is: "wait", until: new Date(settledAtMs) };
  if (retryAt && retryAt.getTime() > nowMs) return { is: "wait", until: retryAt };
  if (step.is !== "show" || !step.alert) return step;
  if (quiet) return { is: "wait", until: quiet };
  const againAtMs = shown?.taken ? shown.shownAtMs + step.wanted.everyMs : 0;
  return againAtMs > nowMs ? { is: "wait", until: new Date(againAtMs) } : step;
}

function compare(wanted: Wanted | null, shown: Shown | null): Step {
  if (wanted === null) return shown ? { is: "clear" } : { is: "nothing" };
  if (!shown || wanted.position > shown.position) return { is: "show", wanted, alert: true };
  const same = shown.position === wanted.position && shown.change === wanted.change && shown.count === wanted.count;
  if (same && shown.taken) return { is: "nothing" };
  return { is: "show", wanted, alert: same };
}

const ttlSeconds = 3 * 86_400;

function toPush(
  step: Extract<Step, { is: "show" | "clear" }>,
  { payload: { tag }, settings }: Situation,
  device: Device,
): Push {
  const topic = createHash("sha256").update(`${device.id} ${tag}`).digest("base64url").slice(0, 32);
  const words = wordsIn(settings.language);
  const look = { lang: settings.language ?? "en", dir: words.direction };
  if (step.is === "clear") {
    // Browsers of Apple end a subscription whose pushes show nothing: what stood there is replaced by a neutral sentence.
    const shown = {
      v: 1,
      is: "clear",
      tag,
      keep: isApple(device.endpoint),
      title: words.nameless,
      body: words.nothingNew,
    };
    return { topic, urgency: "normal", ttlSeconds, payload: JSON.stringify({ ...shown, ...look }) };
  }
  const { title, body, path, count, urgency } = step.wanted;
  const shown = { v: 1, is: "show", tag, title, body, path, count, silent: !step.alert };
  return {
    topic,
    urgency: step.alert ? urgency : "normal",
    ttlSeconds,
    payload: JSON.stringify({ ...shown, ...look, about: parseTag(tag).about }),
  };
}

function isApple(endpoint: string): boolean {
  return new URL(endpoint).hostname.endsWith(".push.apple.com");
}

const retryFirstMs = 5_000;
const retryMostMs = 3_600_000;
/** A day and more of nothing but failures. */
const failuresMost = 30;

async function conclude(
  { sql, now, onRefusedEndpoint }: PushJobDeps,
  done: {
    key: { personId: string; sessionId: string; id: string; tag: string };
    device: Device;
    delivery: Delivery;
    shows: boolean;
  },
): Promise<Date | null> {
  const { key, device, delivery, shows } = done;
  if (delivery.is === "ended" || (delivery.is === "later" && device.failures + 1 >= failuresMost)) {
    if (delivery.is === "ended" && !/^\d/.test(delivery.why)) onRefusedEndpoint(device.id, delivery.why);
    await endSubscription(sql, key.personId, key.id);
    return null;
  }
  if (delivery.is === "later") {
    const backOffMs = Math.min(retryFirstMs * 2 ** device.failures, retryMostMs);
    const retryAt = new Date(now().getTime() + Math.max(backOffMs, delivery.retryAfterMs ?? 0));
    await noteDelivery(sql, key, retryAt);
    return retryAt;
  }
  await noteDelivery(sql, key, null);
  await settle(sql, key, shows);
  return null;
}
