import { describe, expect, test } from "bun:test";
import { addPeople, follow } from "../../apps/server/test/api-kit.ts";
import { befriend, enter, member } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor } from "./harness.ts";
import { taggedPhoto } from "./photo.ts";

const suite = skipReason === null ? describe : describe.skip;

suite(`a large group${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  test("C11: everybody in it can be mentioned, not only those that come with the conversation", async () => {
    await using stage = await openStage();
    const me = await member(stage, { username: "ada", name: "Ada Sand" });
    const zoe = await member(stage, { username: "zoe", name: "Zoë Lind" });
    const others = await addPeople(stage.server.database, 24);
    const personIds = [...others.map(({ id }) => id), zoe.id];
    await befriend(me, zoe);
    await follow(
      stage.server.database.sql,
      others.flatMap(({ id }) => [[me.id, id] as const, [id, me.id] as const]),
    );
    const { id: conversationId, people } = await me.sotto.call("conversations.createGroup", {
      clientId: "large",
      personIds,
    });
    // The last by id: the server shows the first ones.
    const late = personIds.filter((id) => !people.some((person) => person.id === id));
    expect(late).toHaveLength(5);
    const names = await me.sotto.call("people.get", { personId: late[0] ?? "" });

    const ada = await visitor(stage, { viewport: phone, isMobile: true, hasTouch: true });
    await enter(stage, ada, me);
    const { page } = ada;
    await page.goto(`${stage.url}/c/${conversationId}`);
    const box = page.getByRole("textbox", { name: "Message" });
    await box.fill("Who drives? ");
    await box.pressSequentially(`@${names.username}`);
    await page.getByRole("option", { name: new RegExp(`@${names.username}`, "u") }).waitFor();
    await screenshot(page, "mention-large-group-390");
    await box.press("Enter");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("article").getByText("Who drives?").waitFor();
    await page.waitForTimeout(500);
    const { items } = await me.sotto.call("messages.list", { conversationId });
    expect(items.at(-1)?.mentionIds).toEqual([names.id]);

    const { bytes: buffer } = await taggedPhoto(3);
    await page.getByTestId("gallery").setInputFiles({ name: "IMG_1.jpg", mimeType: "image/jpeg", buffer });
    await page.getByLabel("Add a caption").fill(`Is it this one, @${names.username}?`);
    await page.getByRole("button", { name: /^Send/u }).last().click();
    const named = page.getByRole("article").filter({ hasText: "Is it this one" });
    await named.getByRole("link", { name: `@${names.username}` }).waitFor();
    expect(ada.faults).toEqual([]);
  }, 60_000);
});
