import type { Message } from "@sotto/protocol/types.ts";
import Copy from "lucide-react/icons/copy";
import Download from "lucide-react/icons/download";
import Ellipsis from "lucide-react/icons/ellipsis";
import Undo2 from "lucide-react/icons/undo-2";
import type { RefObject } from "react";
import { classes } from "../controls/classes.ts";
import { Menu, type MenuItem } from "../controls/menu.tsx";
import { toast } from "../controls/toast.tsx";
import { photosOf } from "../photo/shown-photo.ts";
import { useText, type Translate } from "../text/intl.tsx";

interface Props {
  ref: RefObject<HTMLButtonElement | null>;
  message: Message;
  mine: boolean;
  onUnsend: (message: Message) => void;
}

export function MessageMenu({ ref, message, mine, onUnsend }: Props) {
  const t = useText();
  const items = menuItems({ t, message, mine, onUnsend });
  if (items.length === 0) return null;
  return (
    <Menu
      label={t("message.actions")}
      items={items}
      trigger={(props) => (
        <button
          type="button"
          aria-label={t("message.actions")}
          {...props}
          ref={(element) => {
            ref.current = element;
            props.ref.current = element;
          }}
          className={classes(
            "grid size-8 shrink-0 place-items-center rounded-full text-ink-2 opacity-0 hover:bg-sunk",
            "group-hover/message:opacity-100 focus-visible:opacity-100 pointer-coarse:sr-only",
          )}
        >
          <Ellipsis size={18} strokeWidth={1.75} aria-hidden />
        </button>
      )}
    />
  );
}

function menuItems({ t, message, mine, onUnsend }: Omit<Props, "ref"> & { t: Translate }): MenuItem[] {
  const items: MenuItem[] = [];
  if (message.text !== "")
    items.push({ label: t("message.copy"), icon: Copy, onSelect: () => void copy(t, message.text) });
  if (message.media.length > 0)
    items.push({ label: t("lightbox.download"), icon: Download, onSelect: () => downloadOriginals(message) });
  if (mine)
    items.push({
      label: t("unsend.action"),
      icon: Undo2,
      onSelect: () => onUnsend(message),
      danger: true,
      apart: items.length > 0,
    });
  return items;
}

async function copy(t: Translate, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("message.copied"));
  } catch {
    toast(t("message.copyFailed"));
  }
}

function downloadOriginals(message: Message): void {
  for (const { media, fileName } of photosOf([message], () => "")) {
    const link = document.createElement("a");
    link.href = media.renditions.original.url;
    link.download = fileName;
    link.click();
  }
}
