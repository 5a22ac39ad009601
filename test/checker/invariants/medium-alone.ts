import type { Facts } from "../facts.ts";

/** (10) Every photo of a message is there, whole and served; and after the sweep nothing is there that no message holds. */
export function mediumAlone(facts: Facts): string[] {
  return [...messagesWithout(facts), ...photosMissing(facts), ...mediaWithout(facts)];
}

export function messagesWithout({ final, sends }: Facts): string[] {
  const held = Map.groupBy(final.rows.messageMedia, (row) => `${row.conversationId} ${row.seq}`);
  return final.rows.messages.flatMap((row) => {
    const media = held.get(`${row.conversationId} ${row.seq}`) ?? [];
    const asked = sends.get(row.clientId)?.calls[0]?.input["mediaIds"];
    const expected = Array.isArray(asked) ? asked.length : row.hasMedia ? 1 : 0;
    if (row.unsent || (media.length === expected && row.hasMedia === expected > 0)) return [];
    return [`message ${row.id} was sent with ${expected} photos and has ${media.length}`];
  });
}

/** Photos of messages whose rows, bytes or answers are not whole. */
export function photosMissing({ final }: Facts): string[] {
  const states = new Map(final.rows.media.map((row) => [row.id, row.state]));
  const renditions = Map.groupBy(final.rows.renditions, (row) => row.mediaId);
  const files = new Map(final.blobs.map((file) => [file.key, file.sizeBytes]));
  const served = new Map(final.photos.map((photo) => [photo.mediaId, photo]));
  return final.rows.messageMedia.flatMap(({ mediaId }) => {
    const own = renditions.get(mediaId) ?? [];
    const original = own.find((row) => row.name === "original");
    const photo = served.get(mediaId);
    return [
      ...(states.get(mediaId) === "ready" && own.length === 3 ? [] : [`photo ${mediaId} of a message is not ready`]),
      ...own.flatMap((row) =>
        files.get(row.blobKey) === row.sizeBytes ? [] : [`the bytes of ${row.blobKey} are not there`],
      ),
      ...(photo && photo.personId !== "" && (photo.status !== 200 || photo.sha256 !== original?.sha256)
        ? [`photo ${mediaId} of a message is answered with ${photo.status}`]
        : []),
    ];
  });
}

function mediaWithout({ final }: Facts): string[] {
  const held = new Set(final.rows.messageMedia.map((row) => row.mediaId));
  const named = new Set(final.rows.renditions.map((row) => row.blobKey));
  return [
    ...final.rows.media.flatMap((row) => (held.has(row.id) ? [] : [`medium ${row.id} (${row.state}) has no message`])),
    ...final.blobs.flatMap(({ key }) => (named.has(key) ? [] : [`the file ${key} has no medium`])),
  ];
}
