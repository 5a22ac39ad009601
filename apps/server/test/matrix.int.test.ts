import { afterAll, beforeAll, expect, test } from "bun:test";
import { errorCodes } from "@sotto/protocol/errors.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { call, inParallel, must, type Answer } from "./api-kit.ts";
import { rows, type Row } from "./matrix-table.ts";
import { makeCases, type Case } from "./matrix-world.ts";

let server: TestServer;
let cases: Case[];
beforeAll(async () => {
  server = await startTestServer();
  cases = await makeCases(server, rows());
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

const allowed: Record<string, "message" | "request" | "acceptance"> = { M: "message", R: "request", A: "acceptance" };
const refusals: Record<string, keyof typeof errorCodes> = {
  W: "request_waiting",
  X: "not_accepting",
  O: "own_setting_closed",
  B: "blocked_by_you",
  T: "request_text_only",
};

test("the table is complete: each combination once, each outcome a letter", () => {
  const all = rows();
  expect(new Set(all.map((row) => row.name)).size).toBe(all.length);
  expect(all.every((row) => row.expected in allowed || row.expected in refusals)).toBe(true);
  // 36 cells; text and photo; four ways of keeping open an accepted conversation, two elsewhere; four of blocking.
  expect(all).toHaveLength(36 * 2 * 4 * (4 + 7 * 2));
});

test("R1 R2 R3 R4 R5 the decision that the composer shows is the table's", async () => {
  const wrong: string[] = [];
  const texts = cases.filter((one) => one.content === "text");
  await inParallel(texts, 32, async (one) => {
    const { maySend } = await must(server.url, one.from, "conversations.withPerson", { personId: one.to.id });
    const said = maySend.allowed ? maySend.as : maySend.code;
    const meant = allowed[one.expected] ?? refusals[one.expected];
    if (said !== meant) wrong.push(`${one.name}: ${said}, not ${meant}`);
  });
  console.log(`matrix: ${texts.length} decisions shown, ${wrong.length} wrong`);
  expect(wrong).toEqual([]);
});

test("R1 R2 R3 R4 R5 every send is answered, stored and shown as the table says", async () => {
  const wrong: string[] = [];
  const answers = await inParallel(cases, 32, async (one, index) => await send(one, index));
  const after = await readAfter();
  cases.forEach((one, index) => {
    const answer = answers[index];
    const fault = answer ? (faultOfAnswer(one, answer) ?? faultOfState(one, after.get(one.from.id))) : "no answer";
    if (fault !== null) wrong.push(`${one.name}: ${fault}`);
  });
  const count = (letters: string) => cases.filter((one) => letters.includes(one.expected)).length;
  console.log(
    `matrix: ${cases.length} sends, ${count("MRA")} allowed, ${count("WXOBT")} refused, ${wrong.length} wrong`,
  );
  expect(wrong).toEqual([]);
}, 120_000);

test("R4 after the cool-down the receiver has one message: the new one in the earlier one's place", async () => {
  const renewed = cases.filter((one) => one.expected === "R" && one.grid.standing.endsWith("cooled down"));
  const seen = await inParallel(renewed, 32, async ({ to, conversationId }) => {
    const { items } = await must(server.url, to, "messages.list", { conversationId: conversationId ?? "" });
    return items.map((one) => one.text).join();
  });
  console.log(`R4: ${renewed.length} renewed requests`);
  expect(renewed.length).toBeGreaterThan(0);
  expect(new Set(seen)).toEqual(new Set(["the second"]));
});

/** By person where the pair has no conversation; else by person and by conversation in turns. */
async function send(one: Case, index: number): Promise<Answer> {
  const content = one.photoId === null ? { text: "the second" } : { text: "", mediaIds: [one.photoId] };
  const { conversationId } = one;
  return conversationId !== null && index % 2 === 0
    ? await call(server.url, one.from, "messages.send", { conversationId, clientId: "second", ...content })
    : await call(server.url, one.from, "messages.sendToPerson", {
        personId: one.to.id,
        clientId: "second",
        ...content,
      });
}

function faultOfAnswer({ expected }: Row, { status, problem }: Answer): string | null {
  if (expected in allowed) return status === 201 ? null : `refused with ${problem?.code}`;
  const code = refusals[expected] ?? "internal";
  if (problem?.code !== code) return `${problem?.code ?? status}, not ${code}`;
  if (status !== errorCodes[code].status) return `status ${status}`;
  return (problem.retryAt !== undefined) === (code === "request_waiting") ? null : `retryAt ${problem.retryAt}`;
}

interface After {
  sender_id: string;
  state: string;
  messages: number;
  requested_by: string | null;
  receiver_folder: string;
}

async function readAfter(): Promise<Map<string, After>> {
  const { sql } = server.database;
  const list: After[] = await sql`
    select x.sender as sender_id, c.state, c.requested_by, i.folder as receiver_folder,
      (select count(*)::int from messages m where m.conversation_id = c.id) as messages
    from unnest(${sql.array(
      cases.map((one) => one.from.id),
      "UUID",
    )}, ${sql.array(
      cases.map((one) => one.to.id),
      "UUID",
    )}) as x(sender, receiver)
    join conversations c on c.low_id = least(x.sender, x.receiver) and c.high_id = greatest(x.sender, x.receiver)
    join inbox i on i.conversation_id = c.id and i.person_id = x.receiver`;
  return new Map(list.map((one) => [one.sender_id, one]));
}

function faultOfState(one: Case, after: After | undefined): string | null {
  const stored = (after?.messages ?? 0) - one.before;
  const meant = one.expected in allowed ? 1 : 0;
  if (stored !== meant) return `${stored} stored, not ${meant}`;
  if (meant === 0) return null;
  if (one.expected !== "R")
    return after?.state === "accepted" && after.receiver_folder === "inbox"
      ? null
      : `state ${after?.state}, folder ${after?.receiver_folder}`;
  const asRequest =
    after?.state === "request" && after.requested_by === one.from.id && after.receiver_folder === "requests";
  return asRequest ? null : `state ${after?.state}, folder ${after?.receiver_folder}`;
}
