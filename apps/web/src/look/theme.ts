export type ThemeChoice = "system" | "light" | "dark";

const key = "sotto.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

/** `public/theme.js` did this before the first paint; from here on the choice and the system are followed. */
export function followTheme(): void {
  systemDark.addEventListener("change", apply);
  apply();
}

export function themeChoice(): ThemeChoice {
  const stored = localStorage.getItem(key);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(key, choice);
  apply();
}

function apply(): void {
  const choice = themeChoice();
  const dark = choice === "dark" || (choice === "system" && systemDark.matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#161412" : "#fbfaf8");
}
