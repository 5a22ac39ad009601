import { createSotto } from "@sotto/sdk/client.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";

export interface TestPerson {
  id: string;
  username: string;
  token: string;
}

/** Signs people up over the API. */
export async function signUp(url: string, username: string): Promise<TestPerson> {
  const door = createSotto({ url, credential: { kind: "none" } });
  const { me, token } = await door.call("auth.signUp", { username, password: "a long enough password" });
  if (token === undefined) throw new Error("no token");
  return { id: me.id, username, token };
}

export function clientOf(url: string, person: TestPerson): Sotto {
  return createSotto({ url, credential: { kind: "bearer", token: person.token } });
}

export async function befriend(url: string, one: TestPerson, other: TestPerson): Promise<void> {
  await clientOf(url, one).call("follows.follow", { personId: other.id });
  await clientOf(url, other).call("follows.follow", { personId: one.id });
}

export async function until(what: string, condition: () => boolean | Promise<boolean>, mostMs = 15_000): Promise<void> {
  const giveUpMs = Date.now() + mostMs;
  while (!(await condition())) {
    if (Date.now() > giveUpMs) throw new Error(`never: ${what}`);
    await Bun.sleep(10);
  }
}
