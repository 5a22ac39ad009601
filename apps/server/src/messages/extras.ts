import * as z from "zod";

/**
 * What few messages have, as the column `messages.extras` holds it: null for nearly all, and after unsend (there only `gone`).
 * It never leaves the server in this shape: `message-view.ts` makes of it what a viewer may see.
 */
const shape = z.object({
  /** RFC 3339. */
  editedAt: z.string().optional(),
  forwarded: z.literal(true).optional(),
  noForward: z.literal(true).optional(),
  mentionIds: z.array(z.string()).optional(),
  /** By emoji in the order of its first; who reacted with it, in theirs. */
  reactions: z.array(z.tuple([z.string(), z.array(z.string())])).optional(),
  pinnedBy: z.string().optional(),
  /** `quietly`: those whose opening the sender is not told of (`once.ts`). */
  viewOnce: z.object({ openedBy: z.array(z.string()), quietly: z.array(z.string()).optional() }).optional(),
  /** The image, where there is one, is in `message_media` with the role "preview". */
  preview: z
    .object({
      url: z.string(),
      host: z.string(),
      title: z.string(),
      description: z.string(),
      siteName: z.string(),
      mediaId: z.string().optional(),
    })
    .optional(),
  cardPersonId: z.string().optional(),
  gone: z.enum(["expired", "opened"]).optional(),
});

export type MessageExtras = z.output<typeof shape>;
export type Preview = NonNullable<MessageExtras["preview"]>;

/** The extras of a row; none where the column holds what this program never wrote (T30). */
export function extrasOf({ extras }: { extras: MessageExtras | null }): MessageExtras {
  return extras === null ? none : (shape.safeParse(extras).data ?? none);
}

export function areExtras(extras: unknown): boolean {
  return extras === null || shape.safeParse(extras).success;
}

/** As the column takes it: null when nothing is in it. */
export function toColumn(extras: MessageExtras): MessageExtras | null {
  return Object.values(extras).some((value) => value !== undefined) ? extras : null;
}

const none: MessageExtras = {};
