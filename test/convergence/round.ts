import { perform, type Act, type Ledger } from "./acts.ts";
import { differences } from "./compare.ts";
import { differencesFromModel, isGone, type PersonView, type Round } from "./model.ts";
import type { Step } from "./steps.ts";
import { viewOf, type Triple } from "./triple.ts";

/** A busy machine is no difference. */
const settleMs = 30_000;
const lookEveryMs = 15;

export interface RoundResult {
  differences: string[];
  done: Act[];
  after: Map<string, PersonView>;
}

/** The steps, then quiet until everybody holds the same, or for too long. */
export async function runRound(
  triple: Triple,
  steps: readonly Step[],
  options: {
    before: Map<string, PersonView>;
    /** Ids of messages that somebody unsent or hid before. */
    gone: ReadonlySet<string>;
    name: string;
    withFresh: boolean;
    settleMs?: number;
    /** Whether the server's own lists have followed its messages: a flush that comes later belongs to this round, not to the next. */
    isWritten: (conversationIds: readonly string[]) => Promise<boolean>;
  },
): Promise<RoundResult> {
  const ledger: Ledger = { acts: [], ticks: 0, texts: 0, name: options.name, underWay: 0 };
  for (const step of steps) {
    const device = triple.devices[step.device];
    if (device) perform(step, device, triple, ledger);
    if (step.pauseMs > 0) await Bun.sleep(step.pauseMs);
  }
  for (const device of triple.devices) device.mend();
  const giveUpMs = Date.now() + (options.settleMs ?? settleMs);
  let found = ["nothing was compared"];
  let after = options.before;
  while (found.length > 0 && Date.now() < giveUpMs) {
    await Bun.sleep(lookEveryMs);
    found = waiting(triple);
    if (ledger.underWay > 0) found.push(`${ledger.underWay} settings are on their way`);
    if (found.length === 0 && !(await options.isWritten(triple.conversationIds)))
      found = ["inbox rows are behind the log"];
    if (found.length > 0) continue;
    after = await triple.asked();
    found = compareAll(triple, after);
    // The server's own lists follow its messages by a moment.
    if (found.length === 0) found = judge(triple, ledger, options, after);
  }
  if (found.length === 0 && options.withFresh) found = compareAll(triple, await triple.fresh());
  tidyUp(triple);
  return { differences: found, done: ledger.acts, after };
}

/** What is still on its way. */
function waiting(triple: Triple): string[] {
  return triple.devices.flatMap((device) => {
    const { outbox, changes } = device.disk.waiting();
    const onItsWay = [...outbox, ...changes].filter((one) => !one.problem);
    const left = onItsWay.map((one) => JSON.stringify(one).slice(0, 200));
    const { is } = device.sotto.connection.get();
    for (const id of triple.conversationIds) device.handle(id).toLatest();
    return [
      ...left.map((one) => `${device.name} still has ${one}`),
      ...(is === "online" ? [] : [`${device.name} is ${is}`]),
    ];
  });
}

function compareAll(triple: Triple, fresh: Map<string, PersonView>): string[] {
  return triple.devices.flatMap((device) => {
    const wanted = fresh.get(device.personId);
    if (!wanted) return ["somebody is missing"];
    if (!isShown(triple, device.name)) return [`${device.name} shows nothing yet`];
    const held = viewOf(device.sotto, device.personId, triple.conversationIds);
    return differences(held, wanted).map((one) => `${device.name}: ${one}`);
  });
}

function isShown(triple: Triple, name: string): boolean {
  const device = triple.devices.find((one) => one.name === name);
  const known = triple.conversationIds.every((id) => device?.handle(id).state.get().conversation);
  return known && device?.sotto.me.get() !== null;
}

function judge(
  triple: Triple,
  ledger: Ledger,
  { before, gone }: Pick<Round, "before" | "gone">,
  after: Map<string, PersonView>,
): string[] {
  const failed = triple.devices.flatMap((device) => device.disk.waiting().outbox).filter((one) => one.problem);
  const round: Round = {
    ...{ before, gone },
    acts: ledger.acts,
    refused: new Map(triple.devices.map((device) => [device.name, device.refused()])),
    failed: new Set(failed.map((one) => one.clientId)),
  };
  // What it sends on may be gone; everything else must go through, an answer to something gone too.
  const unwanted = failed
    .filter((one) => !isGone(round, one.forwardOf?.messageId))
    .map((one) => `a message was refused: ${one.problem?.code}`);
  return [...unwanted, ...[...after.values()].flatMap((view) => differencesFromModel(round, view))];
}

/** What was refused goes, so that the next round begins with nothing on its way. */
function tidyUp(triple: Triple): void {
  for (const device of triple.devices) {
    device.forgetRefused();
    for (const id of triple.conversationIds)
      for (const one of device.handle(id).state.get().outgoing)
        if (one.state === "failed") device.handle(id).cancel(one.clientId);
  }
}
