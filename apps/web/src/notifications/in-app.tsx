import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { nameOfPerson } from "../conversation/counterpart.ts";
import { contentLine } from "../conversation/content-line.ts";
import { toast } from "../controls/toast.tsx";
import { useSotto } from "../session/session.tsx";
import { useText, type Translate } from "../text/intl.tsx";
import { newsBetween, type News } from "./news.ts";
import { keepUp } from "./this-browser.ts";

/** C7, while the app is open: a short line for what comes elsewhere, and the notifications that are not needed any more go. */
export function InApp() {
  useToasts();
  useWorker();
  useClearOpened();
  return null;
}

function useToasts(): void {
  const t = useText();
  const sotto = useSotto();
  const [path, navigate] = useLocation();
  const where = useRef(path);
  const told = useRef<{ news: News; takeAway: () => void }>(null);
  useEffect(() => {
    where.current = path;
    // Who is there already need not be told any more, least of all over the buttons that they came for.
    if (told.current !== null && isOpen(path, told.current.news)) told.current.takeAway();
  }, [path]);
  useEffect(() => {
    let before = sotto.inbox.get();
    return sotto.inbox.subscribe(() => {
      const after = sotto.inbox.get();
      const me = sotto.me.get();
      const news = me === null ? [] : newsBetween(before, after, { myId: me.id, nowMs: Date.now() });
      before = after;
      if (me === null || !me.settings.notifications.inApp || document.visibilityState !== "visible") return;
      const { messages, mentions, requests } = me.settings.notifications;
      const wanted = news.filter(({ is, conversation: { lastMessage } }) =>
        is === "request" ? requests : messages || (mentions && lastMessage?.mentionIds?.includes(me.id) === true),
      );
      const newest = wanted.find((one) => !isOpen(where.current, one));
      if (newest === undefined) return;
      const to = newest.is === "request" ? "/requests" : `/c/${newest.conversation.id}`;
      const takeAway = toast(lineOf(t, newest), { label: t("notifications.open"), onPress: () => navigate(to) });
      told.current = { news: newest, takeAway };
    });
  }, [sotto, t, navigate]);
}

function isOpen(path: string, { is, conversation }: News): boolean {
  if (is === "request") return path === "/requests" || path === `/c/${conversation.id}`;
  return path === `/c/${conversation.id}` || conversation.people.some(({ id }) => path === `/with/${id}`);
}

const lineChars = 80;

/** A stranger's words stay where they wait (R3). */
function lineOf(t: Translate, { is, conversation }: News): string {
  const message = conversation.lastMessage;
  if (is === "request" || message === null) return t("notifications.newRequest");
  const person = conversation.people.find(({ id }) => id === message.senderId);
  const said = contentLine(t, message);
  const text = said.length > lineChars ? `${said.slice(0, lineChars).trimEnd()}…` : said;
  return person === undefined ? text : t("notifications.said", { name: nameOfPerson(t, person), text });
}

/** Pressed outside, it opens here; and this browser's subscription is kept up. */
function useWorker(): void {
  const sotto = useSotto();
  const [, navigate] = useLocation();
  useEffect(() => {
    if (!("serviceWorker" in navigator)) return;
    const open = ({ data }: MessageEvent<{ is?: string; path?: unknown }>) => {
      if (data.is === "open" && typeof data.path === "string" && data.path.startsWith("/")) navigate(data.path);
    };
    navigator.serviceWorker.addEventListener("message", open);
    const me = sotto.me.get();
    if (me !== null) void keepUp(sotto, me.id).catch(() => {});
    return () => navigator.serviceWorker.removeEventListener("message", open);
  }, [sotto, navigate]);
}

/** What is being looked at, or was read on another device, need not stand outside any more. */
function useClearOpened(): void {
  const sotto = useSotto();
  const [path] = useLocation();
  useEffect(() => {
    const tidy = () => void closeRead(path, sotto.inbox.get().conversations);
    tidy();
    return sotto.inbox.subscribe(tidy);
  }, [sotto, path]);
}

async function closeRead(path: string, conversations: readonly { id: string; unread: number }[]): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = (await registration?.getNotifications()) ?? [];
  if (shown.length === 0) return;
  const read = new Set(conversations.filter((one) => one.unread === 0).map((one) => one.id));
  for (const one of shown) {
    const opened =
      document.visibilityState === "visible" &&
      (path === `/c/${one.tag.replace(/^reaction:/, "")}` || path === `/${one.tag}`);
    if (opened || read.has(one.tag)) one.close();
  }
}
