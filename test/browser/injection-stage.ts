import type { CommandInput } from "@sotto/protocol/commands.ts";
import type { Page } from "playwright-core";
import { pageServer, type PageServer } from "../../apps/server/test/page-server.ts";
import { adaAndInes, enter, write, type Member } from "./community.ts";
import { openStage, visitor, type Stage, type Visitor } from "./harness.ts";

/** Ada looks at a conversation with Ines, in a page that notices everything that runs in it, or becomes an element (T20). */
export interface InjectionStage extends AsyncDisposable {
  stage: Stage;
  /** Whose pages the previews are of. */
  site: PageServer;
  me: Member;
  ines: Member;
  ada: Visitor;
  conversationId: string;
  /** How many of them went through, by place. */
  attempts: Record<string, number>;
  /** Sends all of them, and sees each batch drawn. What the server refuses (controls, nothing but blanks) is no attempt. */
  sendAll(place: string, contents: readonly Content[]): Promise<void>;
}

export type Content = Omit<CommandInput<"messages.send">, "conversationId" | "clientId"> & { from?: Member };

export async function openInjectionStage(): Promise<InjectionStage> {
  const site = await pageServer();
  const stage = await openStage({ config: { allowInternal: [site.host] } });
  const [me, ines] = await adaAndInes(stage);
  const conversationId = await write(ines, me, "Hello");
  // Tall, so that everything that arrives is drawn.
  const ada = await visitor(stage, { viewport: { width: 1200, height: 3_000 } });
  await ada.page.addInitScript(watch);
  await enter(stage, ada, me);
  await ada.page.goto(`${stage.url}/c/${conversationId}`);
  await ada.page.getByRole("textbox", { name: /^Message/ }).waitFor();
  const attempts: Record<string, number> = {};
  const world = { stage, site, me, ines, ada, conversationId, attempts };
  return {
    ...world,
    sendAll: async (place, contents) => await sendAll(world, place, contents),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}

async function sendAll(
  { ines, ada, conversationId, attempts }: Omit<InjectionStage, "sendAll" | typeof Symbol.asyncDispose>,
  place: string,
  contents: readonly Content[],
): Promise<void> {
  let sent = 0;
  for (let from = 0; from < contents.length; from += 10) {
    for (const { from: sender = ines, ...content } of contents.slice(from, from + 10)) {
      const message = { conversationId, clientId: crypto.randomUUID(), ...content };
      await sender.sotto.call("messages.send", message).then(
        () => (sent += 1),
        () => {},
      );
    }
    const mark = `${place} until ${crypto.randomUUID()}`;
    await ines.sotto.call("messages.send", { conversationId, clientId: crypto.randomUUID(), text: mark });
    await ada.page.getByRole("article").filter({ hasText: mark }).waitFor();
  }
  attempts[place] = (attempts[place] ?? 0) + sent;
}

export interface Seen {
  executed: string[];
  elements: string[];
  refused: string[];
}

export const nothing: Seen = { executed: [], elements: [], refused: [] };

export async function seen(page: Page): Promise<Seen> {
  return await page.evaluate(() => JSON.parse(localStorage.getItem("seen-by-the-test") ?? "null") as Seen);
}

/** Runs in the page, before anything else in it; kept over reloads. */
function watch(): void {
  const key = "seen-by-the-test";
  const kept = JSON.parse(localStorage.getItem(key) ?? '{"executed":[],"elements":[],"refused":[]}') as Seen;
  const note = (where: keyof Seen, what: string) => {
    kept[where].push(what.slice(0, 200));
    localStorage.setItem(key, JSON.stringify(kept));
  };
  localStorage.setItem(key, JSON.stringify(kept));
  for (const name of ["alert", "confirm", "prompt", "print"] as const)
    Object.assign(window, { [name]: () => note("executed", name) });
  document.addEventListener("securitypolicyviolation", (event) =>
    note("refused", `${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );
  const strange = (element: Element) => {
    const tag = element.localName;
    if (["script", "iframe", "object", "embed", "base", "marquee", "math", "form"].includes(tag))
      if (element.closest("article, [role=region] h2") !== null) return true;
    const link = element.getAttribute("href") ?? "";
    if (/^\s*(javascript|data|vbscript|blob):/i.test(link)) return true;
    return [...element.attributes].some(({ name }) => name.startsWith("on"));
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node instanceof Element)
          for (const element of [node, ...node.querySelectorAll("*")])
            if (strange(element)) note("elements", element.outerHTML);
  }).observe(document, { childList: true, subtree: true });
}
