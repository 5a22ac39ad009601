import { expect, test } from "bun:test";
import type { Bus, Hint } from "../ports/bus.ts";

export interface BusWorld extends AsyncDisposable {
  buses: Bus[];
  /** What was published has arrived, or never will. */
  settled(): Promise<void>;
}

type Open = (count: number) => Promise<BusWorld>;

const anna = "0190a000-0000-7000-8000-00000000000a";
const ben = "0190a000-0000-7000-8000-00000000000b";
const event = (personId: string, payload: string): Hint => ({ kind: "event", personId, payload });
/** `settled` sends hints of its own, about others. */
const listenFor = (heard: Hint[]) => (hint: Hint) => void ([anna, ben].includes(hint.personId) && heard.push(hint));

/**
 * What every adapter of the bus does. `open` joins processes to one bus: `count` of them, each with its own `Bus`; an adapter
 * for a single process gives the same one each time.
 */
export function busContract(name: string, open: Open, skip: boolean): void {
  const check = test.skipIf(skip);
  deliveryContract((what, work) => check(`${name}: ${what}`, work), open);
  gapContract((what, work) => check(`${name}: ${what}`, work), open);
}

type Check = (what: string, work: () => Promise<void>) => void;

function deliveryContract(check: Check, open: Open): void {
  check("the publisher's own listeners have a hint before publish returns, once", async () => {
    await using world = await open(1);
    const [bus] = world.buses;
    const heard: Hint[] = [];
    const leave = bus?.subscribe(listenFor(heard));
    await bus?.watch(anna);
    const hint: Hint = { kind: "event", personId: anna, payload: `{"event":"me.changed"}`, exceptConnection: "c" };
    bus?.publish(hint);
    expect(heard).toEqual([hint]);
    await world.settled();
    expect(heard).toEqual([hint]);
    leave?.();
    bus?.publish(hint);
    expect(heard).toHaveLength(1);
  });

  check("every kind of hint reaches who watches the person, whole and in order", async () => {
    await using world = await open(2);
    const [here, there] = [world.buses[0] as Bus, world.buses.at(-1) as Bus];
    const heard: Hint[] = [];
    there.subscribe(listenFor(heard));
    await there.watch(anna);
    const hints: Hint[] = [
      ...Array.from({ length: 500 }, (_, n) => event(anna, `{"event":"me.changed","n":${n},"text":"ąé\n🖼"}`)),
      event(anna, JSON.stringify({ event: "message", text: "x".repeat(500_000) })),
      { kind: "left", personId: anna, conversationId: ben },
      { kind: "session_over", personId: anna, sessionId: ben },
      { kind: "one_too_many", personId: anna, connectionId: ben },
    ];
    for (const hint of hints) here.publish(hint);
    await world.settled();
    expect(heard).toEqual(hints);
  });

  check("nobody hears of a person whom they do not watch", async () => {
    await using world = await open(2);
    const [here, there] = [world.buses[0] as Bus, world.buses.at(-1) as Bus];
    if (here === there) return;
    const heard: Hint[] = [];
    there.subscribe(listenFor(heard));
    await there.watch(anna);
    await there.watch(ben);
    there.unwatch(anna);
    await world.settled();
    here.publish(event(anna, "{}"));
    here.publish(event(ben, "{}"));
    await world.settled();
    expect(heard.map((hint) => hint.personId)).toEqual([ben]);
  });
}

function gapContract(check: Check, open: Open): void {
  check("an announced gap is heard by all, and nothing after the end", async () => {
    await using world = await open(2);
    const [here, there] = [world.buses[0] as Bus, world.buses.at(-1) as Bus];
    await world.settled();
    let heard = 0;
    there.onGap(() => (heard += 1));
    here.announceGap();
    await world.settled();
    expect(heard).toBe(1);
    expect(here.state()).toBe("here");
    await there.close();
    await there.close();
    here.announceGap();
    expect(heard).toBeLessThanOrEqual(here === there ? 2 : 1);
  });
}
