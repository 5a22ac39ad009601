import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { createSotto } from "@sotto/sdk/client.ts";
import { password, type Stage, type Visitor } from "./harness.ts";

/** Somebody who is there without a browser: the other side of what a test looks at. */
export interface Member {
  id: string;
  username: string;
  sotto: Sotto;
}

export async function member(stage: Stage, person: { username: string; name: string }): Promise<Member> {
  const answer = await fetch(`${stage.url}/v1/sign-up`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...person,
      password,
      credential: "bearer",
      device: "Test",
    } satisfies CommandInput<"auth.signUp">),
  });
  const signedIn = (await answer.json()) as CommandOutput<"auth.signUp">;
  if (signedIn.token === undefined)
    throw new Error(`${person.username} could not sign up: ${JSON.stringify(signedIn)}`);
  const sotto = createSotto({ url: stage.url, credential: { kind: "bearer", token: signedIn.token } });
  return { id: signedIn.me.id, username: person.username, sotto };
}

export async function befriend(a: Member, b: Member): Promise<void> {
  await a.sotto.call("follows.follow", { personId: b.id });
  await b.sotto.call("follows.follow", { personId: a.id });
}

/** The two most tests are about: friends, so that they may write to each other at once. */
export async function adaAndInes(stage: Stage): Promise<[ada: Member, ines: Member]> {
  const both = await Promise.all([
    member(stage, { username: "ada", name: "Ada Sand" }),
    member(stage, { username: "ines", name: "Ines Moreau" }),
  ]);
  await befriend(...both);
  return both;
}

/** The answer is the conversation's id. */
export async function write(from: Member, to: Member, text: string, photo?: Blob): Promise<string> {
  const mediaIds = photo === undefined ? [] : [await from.sotto.upload(photo)];
  const { conversation } = await from.sotto.call("messages.sendToPerson", {
    personId: to.id,
    clientId: crypto.randomUUID(),
    text,
    mediaIds,
  });
  return conversation.id;
}

/** A browser that is signed in already: the door has its own test. */
export async function enter(stage: Stage, { page }: Visitor, { username }: Member, title = "Messages"): Promise<void> {
  await page.goto(`${stage.url}/sign-in`);
  await page.evaluate(
    async (input) => {
      const answer = await fetch("/v1/sign-in", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(input),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    { username, password, credential: "cookie", device: "Chrome on Linux" },
  );
  await page.goto(stage.url);
  await page.getByRole("heading", { name: title }).waitFor();
}
