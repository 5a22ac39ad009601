import type { Profile as ProfileView } from "@sotto/protocol/types.ts";
import EllipsisVertical from "lucide-react/icons/ellipsis-vertical";
import MessageCircle from "lucide-react/icons/message-circle";
import Pencil from "lucide-react/icons/pencil";
import UserX from "lucide-react/icons/user-x";
import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { Button } from "../controls/button.tsx";
import { Empty } from "../controls/empty.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { Menu } from "../controls/menu.tsx";
import { useMe, useSotto } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { Page } from "../controls/page.tsx";
import { useText } from "../text/intl.tsx";
import { FollowButton } from "./follow-button.tsx";
import { numberText } from "../text/locale.ts";
import { ProfileLinks } from "./profile-links.tsx";
import { useProfileMenu } from "./profile-menu.tsx";
import { relationWord } from "./relation-text.ts";
import { keepProfile, useProfile } from "./use-profile.ts";
import { atName } from "../text/direction.ts";

/** One person: who they are, where we stand, and what one can do. My own has its settings in the same menu. */
export function Profile({ username }: { username: string }) {
  const t = useText();
  const sotto = useSotto();
  const me = useMe();
  const load = useLoad(() => sotto.call("people.getByUsername", { username }), [sotto, username]);
  useEffect(() => {
    if (load.state.is === "loaded") keepProfile(sotto, load.state.value);
  }, [sotto, load.state]);
  if (me.username === username) return <ProfilePage profile={me} mine />;
  return load.state.is === "loaded" ? (
    <ProfilePage key={username} profile={load.state.value} mine={false} />
  ) : (
    <Page title={atName(username)} back="/">
      {load.state.is === "failed" && (load.state.code === "not_found" || load.state.code === "invalid") ? (
        <Empty icon={UserX} title={t("people.nobodyHere", { username })} body={t("people.nobodyHereBody")} />
      ) : (
        <Loaded load={load}>{() => null}</Loaded>
      )}
    </Page>
  );
}

function ProfilePage({ profile: loaded, mine }: { profile: ProfileView; mine: boolean }) {
  const t = useText();
  const fresh = useProfile(mine ? undefined : loaded.id);
  const profile = fresh ?? loaded;
  const menu = useProfileMenu(profile, mine);
  return (
    <Page
      title={mine ? t("profile.mine") : atName(profile.username)}
      back="/"
      actions={
        <Menu
          label={t("profile.menu")}
          items={menu.items}
          trigger={(props) => <IconButton icon={EllipsisVertical} label={t("profile.menu")} {...props} />}
        />
      }
    >
      <div className="grid justify-items-center text-center">
        <Avatar person={profile} sizePixels={112} />
        <h2 className="mt-4 text-28 font-semibold text-balance">{profile.name}</h2>
        <p className="text-14 text-ink-2">
          {atName(profile.username)}
          {!mine && relationWord(t, profile.relation) !== "" && (
            <RelationChip text={relationWord(t, profile.relation)} />
          )}
        </p>
        <Counts profile={profile} />
        {profile.bio !== "" && (
          <p dir="auto" className="wrap-text mt-4 max-w-[26rem] text-16 md:text-14">
            {profile.bio}
          </p>
        )}
        <ProfileLinks links={profile.links} />
        <Actions profile={profile} mine={mine} />
      </div>
      {menu.dialog}
    </Page>
  );
}

function RelationChip({ text }: { text: string }) {
  return (
    <span className="ms-2 rounded-full bg-accent-soft px-2.5 py-1 text-12 font-semibold text-accent-text">{text}</span>
  );
}

function Counts({ profile }: { profile: ProfileView }) {
  const t = useText();
  return (
    <ul className="mt-4 flex gap-2">
      {(["followers", "following"] as const).map((which) => (
        <li key={which}>
          <Link
            href={`/people/${profile.username}/${which}`}
            className="block min-h-11 rounded-card px-4 py-1 hover:bg-sunk"
          >
            <span className="block text-16 font-semibold tabular">{numberText(profile[which])}</span>
            <span className="block text-12 text-ink-2">
              {t(which === "followers" ? "profile.followers" : "profile.following", { count: profile[which] })}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Actions({ profile, mine }: { profile: ProfileView; mine: boolean }) {
  const t = useText();
  const [, navigate] = useLocation();
  if (mine) {
    return (
      <Button icon={Pencil} className="mt-6" onClick={() => navigate("/me/edit")}>
        {t("profile.edit")}
      </Button>
    );
  }
  return (
    <div className="mt-6 flex flex-wrap justify-center gap-2">
      <FollowButton person={profile} />
      <Button
        look={profile.relation.following ? "main" : "soft"}
        icon={MessageCircle}
        onClick={() => navigate(`/with/${profile.id}`)}
      >
        {t("people.message")}
      </Button>
    </div>
  );
}
