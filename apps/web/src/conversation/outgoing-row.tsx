import type { Outgoing, OutgoingAttachment } from "@sotto/sdk/interface.ts";
import CircleAlert from "lucide-react/icons/circle-alert";
import Clock from "lucide-react/icons/clock";
import X from "lucide-react/icons/x";
import { useState } from "react";
import { classes } from "../controls/classes.ts";
import { IconButton } from "../controls/icon-button.tsx";
import { FileCard } from "../photo/file-card.tsx";
import { localPreview, naturalSize } from "../photo/local-previews.ts";
import { usePhotoSpace } from "../photo/photo-space.ts";
import { shownSize, type Size } from "../photo/shown-size.ts";
import { problemText } from "../session/problem.ts";
import { useText } from "../text/intl.tsx";
import { Bubble } from "./bubble.tsx";
import { ProgressRing } from "./progress-ring.tsx";
import { RichText } from "./rich-text.tsx";
import { QuoteView } from "./quote-view.tsx";
import { useRowActions } from "./row-actions.ts";
import type { OutgoingItem } from "./timeline.ts";

/** On its way: shown as it will look, with how far it is, and with a way back. */
export function OutgoingRow({ item }: { item: OutgoingItem }) {
  const t = useText();
  const actions = useRowActions();
  const { outgoing, last } = item;
  const cancel = () => actions.cancel(outgoing.clientId);
  return (
    <article
      aria-label={t("message.labelSending")}
      className={classes("flex flex-col items-end", last ? "pb-2.5" : "pb-0.5")}
    >
      {/* As wide as it will be once it is sent: else its words would run over other lines. */}
      <div className="bubble-box enter-rise">
        <Bubble {...item} flush={outgoing.attachments.length > 0} faded={outgoing.attachments.length === 0}>
          {outgoing.replyTo !== undefined && (
            <div className={classes("p-1.5", outgoing.attachments.length > 0 ? "w-0 min-w-full" : "min-w-40 pb-0")}>
              <QuoteView quote={outgoing.replyTo} mine />
            </div>
          )}
          {outgoing.cardPersonId !== undefined && <p className="px-3.5 py-2 text-14">{t("quote.card")}</p>}
          {outgoing.attachments.map((attachment, at) => (
            <OutgoingPhoto key={at} {...{ attachment, outgoing }} onCancel={cancel} />
          ))}
          {outgoing.text !== "" && (
            <p
              className={classes("px-3.5 py-2 text-16 md:text-14", outgoing.attachments.length > 0 && "w-0 min-w-full")}
            >
              <RichText text={outgoing.text} />
            </p>
          )}
        </Bubble>
      </div>
      <Status outgoing={outgoing} last={last} onRetry={() => actions.retry(outgoing.clientId)} onCancel={cancel} />
    </article>
  );
}

interface StatusProps {
  outgoing: Outgoing;
  last: boolean;
  onRetry: () => void;
  onCancel: () => void;
}

function Status({ outgoing, last, onRetry, onCancel }: StatusProps) {
  const t = useText();
  if (outgoing.state !== "failed") {
    if (!last) return null;
    return (
      <p className="flex items-center gap-1 px-1 pt-1 text-12 text-ink-2">
        {t(outgoing.state === "queued" ? "outgoing.queued" : "outgoing.sending")}
        <Clock size={13} strokeWidth={2} aria-hidden />
      </p>
    );
  }
  const reason = outgoing.problem === undefined ? t("outgoing.failed") : problemText(t, outgoing.problem);
  return (
    <div className="flex max-w-[34rem] flex-wrap items-center justify-end gap-x-1 text-12">
      <p role="alert" className="flex items-center gap-1 py-1 text-bad">
        <CircleAlert size={14} strokeWidth={2} className="shrink-0" aria-hidden />
        {t("outgoing.notSent", { reason })}
      </p>
      <button
        type="button"
        onClick={onRetry}
        className="min-h-11 rounded-control px-2 font-semibold text-accent-text md:min-h-8"
      >
        {t("action.retry")}
      </button>
      <button
        type="button"
        onClick={onCancel}
        className="min-h-11 rounded-control px-2 font-semibold text-ink-2 md:min-h-8"
      >
        {t("action.discard")}
      </button>
    </div>
  );
}

interface PhotoProps {
  attachment: OutgoingAttachment;
  outgoing: Outgoing;
  onCancel: () => void;
}

function OutgoingPhoto({ attachment, outgoing, onCancel }: PhotoProps) {
  const t = useText();
  const space = usePhotoSpace();
  const [natural, setNatural] = useState<Size | undefined>(() => naturalSize(attachment.file));
  const [unreadable, setUnreadable] = useState(false);
  const { file, name, sizeBytes } = attachment;
  const busy = outgoing.state !== "failed";

  if (file === undefined || unreadable) {
    return (
      <div className="flex w-80 max-w-full items-center p-1.5">
        <FileCard name={name} sizeBytes={sizeBytes} note={progressText(t, attachment)} />
        {busy && <IconButton icon={X} look="inherit" label={t("outgoing.cancelUpload")} onClick={onCancel} />}
      </div>
    );
  }
  const size = shownSize(natural ?? { width: 4, height: 3 }, space);
  return (
    <div
      style={{ width: size.width, aspectRatio: `${size.width} / ${size.height}` }}
      className="relative max-w-full overflow-hidden bg-theirs"
    >
      <img
        src={localPreview(outgoing.clientId, file)}
        alt={t("photo.mine")}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => setNatural({ width, height })}
        onError={() => setUnreadable(true)}
        className={classes(
          "size-full object-cover transition-opacity duration-(--open)",
          natural === undefined && "opacity-0",
        )}
      />
      {busy && (
        <button
          type="button"
          aria-label={t("outgoing.cancelUpload")}
          title={t("outgoing.cancelUpload")}
          onClick={onCancel}
          className="absolute inset-0 m-auto grid size-14 place-items-center rounded-full bg-black/60 text-white"
        >
          <ProgressRing label={progressText(t, attachment)} part={partDone(attachment)} />
          <X size={20} strokeWidth={2} className="absolute" aria-hidden />
        </button>
      )}
    </div>
  );
}

/** The server still has to look at the photo after the last byte: the ring keeps a tenth for that. */
function partDone({ phase, uploadedBytes, sizeBytes }: OutgoingAttachment): number {
  if (phase === "ready") return 1;
  if (phase === "processing") return 0.95;
  return sizeBytes === 0 ? 0 : (uploadedBytes / sizeBytes) * 0.9;
}

function progressText(t: ReturnType<typeof useText>, attachment: OutgoingAttachment): string {
  if (attachment.phase === "processing") return t("outgoing.processing");
  if (attachment.phase === "uploading")
    return t("outgoing.uploading", { percent: Math.round(partDone(attachment) * 100) });
  return t("outgoing.waiting");
}
