import Camera from "lucide-react/icons/camera";
import Image from "lucide-react/icons/image";
import Plus from "lucide-react/icons/plus";
import { useRef, type ChangeEvent } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { Menu, type MenuItem } from "../controls/menu.tsx";
import { useText } from "../text/intl.tsx";
import { acceptedTypes } from "./pickable.ts";

/** A machine with a mouse has no camera behind `capture`: it would open the same files again. */
const hasCamera = matchMedia("(pointer: coarse)");

export function AttachMenu({ onFiles }: { onFiles: (files: File[]) => void }) {
  const t = useText();
  const gallery = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);

  const chosen = ({ target }: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(target.files ?? [])]);
    // The same file may be chosen again.
    target.value = "";
  };
  const items: MenuItem[] = [{ label: t("attach.gallery"), icon: Image, onSelect: () => gallery.current?.click() }];
  if (hasCamera.matches)
    items.push({ label: t("attach.camera"), icon: Camera, onSelect: () => camera.current?.click() });

  return (
    <>
      <Menu
        label={t("attach.menu")}
        items={items}
        side="above"
        trigger={(props) => <IconButton icon={Plus} look="sunk" label={t("attach.menu")} {...props} />}
      />
      <input ref={gallery} type="file" accept={acceptedTypes} multiple hidden data-testid="gallery" onChange={chosen} />
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden onChange={chosen} />
    </>
  );
}
