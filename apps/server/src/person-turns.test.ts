import { expect, test } from "bun:test";
import { limits } from "@sotto/protocol/limits.ts";
import { Refusal } from "./errors.ts";
import { executor, type Execute } from "./execute.ts";
import type { Limit } from "./limits.ts";
import { personTurns } from "./person-turns.ts";

const caller = (personId: string) => ({ personId, sessionId: "s", requestId: "r" });

/** Commands that end when told to. */
function held() {
  const open: (() => void)[] = [];
  const begun: string[] = [];
  const inTurn = personTurns();
  const execute: Execute = (name, input, { personId }) =>
    inTurn(name, { personId }, () => {
      begun.push(`${personId} ${String(input)}`);
      return new Promise((resolve, reject) =>
        open.push(() => (input === "fails" ? reject(new Error("no")) : resolve(name))),
      );
    });
  return { begun, execute, endOne: () => open.shift()?.() };
}

test("T29 a person's commands take turns, in their order, and hold up nobody else", async () => {
  const { begun, execute, endOne } = held();
  const answers = Array.from({ length: 10 }, (_, n) => execute("me.get", n === 1 ? "fails" : n, caller("ines")));
  const settled = Promise.allSettled(answers);
  expect(begun).toHaveLength(limits.commandsPerPerson);
  void execute("me.get", 0, caller("tom"));
  expect(begun.at(-1)).toBe("tom 0");
  // Sends have their own queue, and whoever signs in is nobody yet.
  void execute("messages.send", "send", caller("ines"));
  for (let n = 0; n < 20; n++) void execute("auth.signIn", n, caller(""));
  expect(begun).toHaveLength(limits.commandsPerPerson + 22);
  for (let n = 0; n < 60; n++) {
    endOne();
    await Promise.resolve().then(() => undefined);
    await Bun.sleep(0);
  }
  expect((await settled).filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(begun.filter((one) => one.startsWith("ines ") && !one.endsWith("send"))).toEqual(
    Array.from({ length: 10 }, (_, n) => `ines ${n === 1 ? "fails" : n}`),
  );
});

test("T29 what waits has a limit, which is told", async () => {
  const { begun, execute } = held();
  const most = limits.commandsPerPerson + limits.waitingCommandsPerPerson;
  for (let n = 0; n < most; n++) void execute("me.get", n, caller("ines"));
  const refused = await execute("me.get", "one more", caller("ines"));
  expect(refused instanceof Refusal && refused.code).toBe("rate_limited");
  expect(begun).toHaveLength(limits.commandsPerPerson);
});

test("T29 what is not valid is refused at once: nothing that was not parsed waits", async () => {
  const never = async () => await new Promise<never>(() => undefined);
  const execute = executor([{ "me.get": never }], never as unknown as Limit, personTurns());
  for (let n = 0; n < limits.commandsPerPerson; n++) void execute("me.get", {}, caller("ines"));
  const input = { extra: Array.from({ length: 40_000 }, () => ({})) };
  const refused = await Promise.race([execute("me.get", input, caller("ines")), Bun.sleep(100)]);
  expect(refused instanceof Refusal && refused.code).toBe("invalid");
});
