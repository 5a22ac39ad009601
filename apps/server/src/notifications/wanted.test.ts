import { expect, test } from "bun:test";
import type { Settings } from "@sotto/protocol/types.ts";
import { decideStep } from "./push-job.ts";
import { wantedMessages } from "./wanted.ts";
import type { UnreadMessage } from "./unread.ts";

const canary = "periwinkle";
const conversationId = "019a0000-0000-7000-8000-000000000001";

test("T32 what is to be hidden is in nothing that a push says", () => {
  const hidden: { settings: Parameters<typeof settings>[0]; message: Partial<UnreadMessage> }[] = [
    { settings: { previews: false }, message: { text: canary, sender_name: canary } },
    { settings: { previews: false }, message: { text: canary, sender_name: canary, mentioned: true } },
    { settings: { messages: false }, message: { text: canary, sender_name: canary } },
    { settings: {}, message: { view_once: true, text: canary } },
    { settings: {}, message: { view_once: true, has_media: true, text: canary } },
    { settings: {}, message: { disappears: true, text: canary } },
    { settings: { messages: false, mentions: false }, message: { mentioned: true, text: canary, sender_name: canary } },
  ];
  const told = hidden.map((one) =>
    JSON.stringify(wantedMessages(settings(one.settings), conversationId, [message(one.message)])),
  );
  const leaks = told.filter((text) => text.includes(canary));
  console.log(`T32 ${hidden.length} ways to hide: with the canary ${leaks.length}`);
  expect(leaks).toEqual([]);
  const open = wantedMessages(settings({}), conversationId, [message({ text: canary })]);
  expect(open).toMatchObject({ title: "Anna", body: canary });
});

test("C7 a push is small whatever was written, and whole to the last grapheme", () => {
  const family = "👨‍👩‍👧‍👦";
  for (const text of ["x".repeat(65_536), family.repeat(500), "ﷺ".repeat(5_000), `a${"\u0301".repeat(3_000)}`]) {
    const wanted = wantedMessages(settings({}), conversationId, [message({ text, sender_name: text })]);
    expect(Buffer.byteLength(JSON.stringify(wanted))).toBeLessThan(1_200);
    expect(wanted?.body.replaceAll(family, "").replace("…", "").includes("\u200d")).toBe(false);
  }
});

test("C7 Arabic counts in its own forms", () => {
  const unread = (count: number) => Array.from({ length: count }, () => message({}));
  const body = (count: number) =>
    wantedMessages(settings({ previews: false }, "ar"), conversationId, unread(count))?.body;
  expect([1, 2, 3, 11, 100].map(body)).toEqual([
    "رسالة جديدة",
    "رسالتان جديدتان",
    "3 رسائل جديدة",
    "11 رسالة جديدة",
    "99+ رسالة جديدة",
  ]);
});

test("C7 what a device does next: new is heard, corrected is not, what is on its way is waited for", () => {
  const wanted = wantedMessages(settings({}), conversationId, [message({ seq: 5, change: 9 })]);
  const shown = { position: 5, change: 9, count: 1, taken: true, shownAtMs: 0 };
  const calm: Parameters<typeof decideStep>[2] = { nowMs: 100_000, quiet: null };
  const step = (device: Partial<Parameters<typeof decideStep>[1]>, when = calm, what = wanted) =>
    decideStep(what, { shown: null, retry_at: null, ...device }, when);
  expect(step({})).toMatchObject({ is: "show", alert: true });
  expect(step({ shown })).toEqual({ is: "nothing" });
  expect(step({ shown: { ...shown, position: 4 } })).toMatchObject({ is: "show", alert: true });
  expect(step({ shown: { ...shown, position: 6 } })).toMatchObject({ is: "show", alert: false });
  expect(step({ shown: { ...shown, change: 8 } })).toMatchObject({ is: "show", alert: false });
  expect(step({ shown }, calm, null)).toEqual({ is: "clear" });
  expect(step({}, calm, null)).toEqual({ is: "nothing" });
  const quiet = new Date(200_000);
  expect(step({}, { ...calm, quiet })).toEqual({ is: "wait", until: quiet });
  expect(step({ shown }, { ...calm, quiet }, null)).toEqual({ is: "clear" });
  expect(step({ retry_at: quiet })).toEqual({ is: "wait", until: quiet });
  const onItsWay = { ...shown, position: 4, taken: false, shownAtMs: 99_000 };
  expect(step({ shown: onItsWay })).toEqual({ is: "wait", until: new Date(109_000) });
  expect(step({ shown: onItsWay }, calm, null)).toEqual({ is: "wait", until: new Date(109_000) });
});

function settings(
  notifications: Partial<Settings["notifications"]>,
  language: Settings["language"] = null,
): Pick<Settings, "notifications" | "language"> {
  const all = {
    messages: true,
    requests: true,
    reactions: true,
    mentions: true,
    previews: true,
    inApp: true,
    push: true,
  };
  return { notifications: { ...all, digest: "off", quietHours: null, ...notifications }, language };
}

function message(some: Partial<UnreadMessage>): UnreadMessage {
  return {
    seq: 1,
    change: 1,
    text: "hello",
    sender_name: "Anna",
    has_media: false,
    view_once: false,
    is_card: false,
    mentioned: false,
    disappears: false,
    ...some,
  };
}
