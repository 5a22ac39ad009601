import { seededRandom } from "../../apps/server/src/media/seeded-random.ts";

/** One thing that happens to one device; data alone, so that a failing round can be run again without some of them. */
export interface Step {
  device: number;
  conversation: number;
  what: StepName;
  /** Which of the newest messages that the device holds, from 0 to 1; also which emoji, which setting. */
  pick: number;
  also: number;
  /** Before the next one. */
  pauseMs: number;
}

const weights = {
  send: 10,
  reply: 4,
  edit: 6,
  unsend: 4,
  react: 8,
  unreact: 5,
  hide: 3,
  pin: 3,
  unpin: 2,
  read: 8,
  draft: 7,
  clearDraft: 2,
  forward: 3,
  photo: 1,
  pinConversation: 3,
  mute: 3,
  archive: 2,
  settings: 2,
  jump: 2,
  letGo: 1,
  cut: 6,
  block: 5,
  deafen: 3,
  mend: 8,
  restart: 5,
} as const;

export type StepName = keyof typeof weights;

const names = Object.entries(weights).flatMap(([name, weight]) =>
  Array.from({ length: weight }, () => name as StepName),
);
const leastSteps = 5;
const mostSteps = 14;
const longestPauseMs = 12;

/** What happens in one round. The same seed, the same steps. */
export function drawSteps(seed: number, shape: { devices: number; conversations: number }): Step[] {
  const random = seededRandom(seed);
  const count = leastSteps + Math.floor(random() * (mostSteps - leastSteps + 1));
  return Array.from({ length: count }, () => drawStep(random, shape));
}

function drawStep(random: () => number, { devices, conversations }: { devices: number; conversations: number }): Step {
  return {
    device: Math.floor(random() * devices),
    conversation: Math.floor(random() * conversations),
    what: names[Math.floor(random() * names.length)] ?? "send",
    pick: random(),
    also: random(),
    pauseMs: random() < 0.5 ? 0 : Math.floor(random() * longestPauseMs),
  };
}

export function inWords(step: Step): string {
  const { device, conversation, what, pick, also, pauseMs } = step;
  return `device ${device}, conversation ${conversation}: ${what} (${pick.toFixed(2)}, ${also.toFixed(2)}), then ${pauseMs} ms`;
}

/** A seed for the n-th round of a run. */
export function seedOf(seed: number, round: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b)) >>> 0;
}
