import type { Message, PersonBrief, Profile } from "@sotto/protocol/types.ts";
import { memo, Suspense, useDeferredValue, useMemo, useState } from "react";
import { Link } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { part } from "../controls/part.tsx";
import { FollowButton } from "../people/follow-button.tsx";
import { ProfileLinks } from "../people/profile-links.tsx";
import { placeholderUrl } from "../photo/placeholder.ts";
import { photosOf, type ShownPhoto } from "../photo/shown-photo.ts";
import { useGone } from "../photo/use-gone.ts";
import { useMe } from "../session/session.tsx";
import { WhoMayMessage } from "../settings/who-may-message.tsx";
import { useText } from "../text/intl.tsx";
import { atName } from "../text/direction.ts";

const PhotoLightbox = part(async () => (await import("../photo/lightbox.tsx")).PhotoLightbox);

interface Props {
  person: PersonBrief;
  profile: Profile | undefined;
  messages: readonly Message[];
}

/** Beside the conversation on a wide screen: the person, who may message me, and the photos so far. */
export function Details({ person, profile, messages }: Props) {
  const t = useText();
  return (
    <aside
      aria-label={t("details.title")}
      className="scroll-quiet flex w-80 shrink-0 flex-col gap-7 overflow-y-auto border-s border-line px-5 py-6"
    >
      <About {...{ person, profile }} />
      <WhoMayMessage legendHidden={false} />
      <SharedPhotos person={person} messages={messages} />
    </aside>
  );
}

const About = memo(function About({ person, profile }: Pick<Props, "person" | "profile">) {
  const t = useText();
  return (
    <div className="grid justify-items-center gap-1 text-center">
      {person.deleted === true ? (
        <Avatar person={person} sizePixels={88} />
      ) : (
        <Link href={`/people/${person.username}`} className="rounded-full">
          <Avatar person={person} sizePixels={88} />
          <span className="sr-only">{t("people.viewProfile")}</span>
        </Link>
      )}
      <h2 className="mt-2 text-16 font-semibold">{person.name}</h2>
      {person.deleted !== true && <p className="text-14 text-ink-2">{atName(person.username)}</p>}
      {profile !== undefined && profile.bio !== "" && (
        <p dir="auto" className="wrap-text mt-1 text-14">
          {profile.bio}
        </p>
      )}
      {profile !== undefined && <ProfileLinks links={profile.links} />}
      {profile !== undefined && <FollowButton person={profile} className="mt-3" />}
    </div>
  );
});

function SharedPhotos({ person, ...props }: Pick<Props, "person" | "messages">) {
  // They can wait for the frame in which a page of messages comes.
  const messages = useDeferredValue(props.messages);
  const t = useText();
  const me = useMe();
  const [shownId, setShownId] = useState<string | null>(null);
  const photos = useMemo(
    () =>
      photosOf(messages, (message) => ({
        label: t("photo.with", { name: person.name }),
        senderName: message.senderId === person.id ? person.name : me.name,
      })).toReversed(),
    [messages, person, me.name, t],
  );
  const shown = shownId !== null && photos.some((photo) => photo.media.id === shownId);
  useGone(shownId !== null && !shown, () => setShownId(null));
  if (photos.length === 0) return null;
  return (
    <section>
      <h2 className="mb-3 text-14 font-semibold text-ink-2">{t("details.photos")}</h2>
      <div className="grid grid-cols-3 gap-1">
        {photos.slice(0, 12).map((photo) => (
          <Thumb key={photo.media.id} photo={photo} onOpen={() => setShownId(photo.media.id)} />
        ))}
      </div>
      {shownId !== null && shown && (
        <Suspense>
          <PhotoLightbox photos={photos} mediaId={shownId} onView={setShownId} onClose={() => setShownId(null)} />
        </Suspense>
      )}
    </section>
  );
}

function Thumb({ photo, onOpen }: { photo: ShownPhoto; onOpen: () => void }) {
  const t = useText();
  const { media, caption, label } = photo;
  return (
    <button
      type="button"
      aria-label={t("photo.open", { label: caption === "" ? label : caption })}
      onClick={onOpen}
      style={{ backgroundImage: `url(${placeholderUrl(media.placeholder)})` }}
      className="aspect-square overflow-hidden rounded-control bg-theirs bg-cover"
    >
      <img src={media.renditions.list.url} alt="" loading="lazy" decoding="async" className="size-full object-cover" />
    </button>
  );
}
