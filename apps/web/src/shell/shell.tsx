import MessageCircle from "lucide-react/icons/message-circle";
import { Suspense, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { Conversation } from "../conversation/conversation.tsx";
import { Button } from "../controls/button.tsx";
import { classes } from "../controls/classes.ts";
import { Empty } from "../controls/empty.tsx";
import { Spinner } from "../controls/spinner.tsx";
import { part } from "../controls/part.tsx";
import { InboxPane, type Folder } from "../inbox/inbox.tsx";
import { useMe, useSotto, useStore } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { ConnectionBar } from "./connection-bar.tsx";

const Settings = part(async () => (await import("../settings/settings.tsx")).Settings);
const InApp = part(async () => (await import("../notifications/in-app.tsx")).InApp);
const RefusedChanges = part(async () => (await import("../refused/refused-changes.tsx")).RefusedChanges);
const Profile = part(async () => (await import("../people/profile.tsx")).Profile);
const FollowList = part(async () => (await import("../people/follow-list.tsx")).FollowList);
const EditProfile = part(async () => (await import("../people/edit-profile.tsx")).EditProfile);

/** On a wide screen the list stands beside what was chosen; on a phone there is one of the two, with a way back. */
export function Shell() {
  const t = useText();
  const [path] = useLocation();
  const listOnly = listPaths.includes(path);
  const folder = useFolder(path);
  const wide = useWide();
  useBadge();
  const refused = useStore(useSotto().refused).length > 0;
  return (
    <div className="flex h-full flex-col">
      <ConnectionBar />
      <Suspense>
        <InApp />
      </Suspense>
      <Suspense>{refused && <RefusedChanges />}</Suspense>
      <div className="flex min-h-0 flex-1">
        <div
          role={wide ? "region" : "main"}
          aria-label={t("inbox.title")}
          className={classes(
            "h-full w-full shrink-0 border-line md:block md:w-80 md:border-e lg:w-[22.5rem]",
            !listOnly && "hidden",
          )}
        >
          <InboxPane folder={folder} current={currentOf(path)} />
        </div>
        <main aria-label={t("shell.main")} className={classes("h-full min-w-0 flex-1 md:block", listOnly && "hidden")}>
          <Suspense fallback={<Waiting />}>
            <Screens />
          </Suspense>
        </main>
      </div>
    </div>
  );
}

function Screens() {
  return (
    <Switch>
      <Route path="/c/:conversationId">
        {({ conversationId }) => <Conversation key={conversationId} target={{ conversationId }} />}
      </Route>
      <Route path="/with/:personId">{({ personId }) => <Conversation key={personId} target={{ personId }} />}</Route>
      <Route path="/people/:username/followers">
        {({ username }) => <FollowList username={username} which="followers" />}
      </Route>
      <Route path="/people/:username/following">
        {({ username }) => <FollowList username={username} which="following" />}
      </Route>
      <Route path="/people/:username">{({ username }) => <Profile key={username} username={username} />}</Route>
      <Route path="/me/edit" component={EditProfile} />
      <Route path="/settings/*?" component={Settings} />
      <Route path="/conversations/:conversationId">
        {({ conversationId }) => <Redirect to={`/c/${conversationId}${location.search}`} replace />}
      </Route>
      {listPaths.map((path) => (
        <Route key={path} path={path}>
          <NothingChosen />
        </Route>
      ))}
      <Route>
        <Redirect to="/" replace />
      </Route>
    </Switch>
  );
}

function NothingChosen(): ReactNode {
  const t = useText();
  const me = useMe();
  const { ready, conversations } = useStore(useSotto().inbox);
  const [, navigate] = useLocation();
  if (ready && conversations.length === 0) {
    return (
      <Empty icon={MessageCircle} title={t("shell.welcome", { name: me.name })} body={t("shell.welcomeBody")}>
        <Button onClick={() => navigate("/me/edit")}>{t("profile.edit")}</Button>
      </Empty>
    );
  }
  return <Empty icon={MessageCircle} title={t("shell.nothingChosen")} body={t("shell.nothingChosenBody")} />;
}

function Waiting() {
  return (
    <div className="grid h-full place-items-center text-ink-2">
      <Spinner size={24} />
    </div>
  );
}

const folders: Record<string, Folder> = { "/": "inbox", "/requests": "requests", "/archived": "archived" };
const listPaths: readonly string[] = Object.keys(folders);

/** A conversation keeps the folder from which it was opened. */
function useFolder(path: string): Folder {
  const named: Folder | undefined = folders[path];
  const [folder, setFolder] = useState<Folder>(named ?? "inbox");
  const { requests } = useStore(useSotto().inbox);
  const current = currentOf(path);
  // Accepting moves a conversation: the list goes with it.
  const leftRequests = folder === "requests" && current !== null && !requests.some((one) => one.id === current);
  const asked = named ?? (leftRequests ? "inbox" : folder);
  if (asked !== folder) setFolder(asked);
  return asked;
}

const twoPanes = matchMedia("(min-width: 48rem)");

function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      twoPanes.addEventListener("change", listener);
      return () => twoPanes.removeEventListener("change", listener);
    },
    () => twoPanes.matches,
  );
}

function currentOf(path: string): string | null {
  return /^\/(?:c|with)\/([^/]+)$/u.exec(path)?.[1] ?? null;
}

/** How many conversations wait, in the title and on the installed app's icon (R16). */
function useBadge(): void {
  const { badge } = useStore(useSotto().inbox);
  useEffect(() => {
    document.title = badge > 0 ? `(${badge > 99 ? "99+" : badge}) Sotto` : "Sotto";
    if ("setAppBadge" in navigator) void navigator.setAppBadge(badge).catch(() => {});
  }, [badge]);
}
