import type { Page } from "playwright-core";

/** What stands wider than the window: the page itself never scrolls sideways. */
export function runsOut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, a, p, h1, h2, label, input, textarea, [role]")]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (right > innerWidth + 1 || left < -1);
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}
