import type { KeyboardEvent } from "react";

/**
 * The messages under the keyboard: up and down from one to the next, Enter (or the menu key) opens the menu, Escape goes back
 * to the list. From the list itself, Enter goes to the last one in sight.
 */
export function moveAlongMessages(event: KeyboardEvent<HTMLElement>): void {
  const list = event.currentTarget;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (target === list) {
    if (event.key === "Enter") focusAndStop(event, lastInSight(list));
    return;
  }
  const article = target?.closest("article") ?? null;
  if (article === null || target !== article) return;
  switch (event.key) {
    case "ArrowUp":
    case "ArrowDown":
      return focusAndStop(event, beside(list, article, event.key === "ArrowUp" ? -1 : 1));
    case "Enter":
    case "ContextMenu":
      return press(event, article.querySelector<HTMLElement>("[data-menu]"));
    case "F10":
      return event.shiftKey ? press(event, article.querySelector<HTMLElement>("[data-menu]")) : undefined;
    case "Escape":
      return focusAndStop(event, list);
    default:
  }
}

function beside(list: HTMLElement, article: HTMLElement, by: 1 | -1): HTMLElement | undefined {
  const all = [...list.querySelectorAll<HTMLElement>("article")];
  return all[all.indexOf(article) + by];
}

function lastInSight(list: HTMLElement): HTMLElement | undefined {
  const bottom = list.getBoundingClientRect().bottom;
  return [...list.querySelectorAll<HTMLElement>("article")].findLast(
    (article) => article.getBoundingClientRect().top < bottom - 16,
  );
}

function focusAndStop(event: KeyboardEvent, element: HTMLElement | null | undefined): void {
  if (element === null || element === undefined) return;
  event.preventDefault();
  element.focus();
}

function press(event: KeyboardEvent, button: HTMLElement | null): void {
  if (button === null) return;
  event.preventDefault();
  button.click();
}
