import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import type { TextLength } from "./text-length.ts";

export function LengthNote({ length }: { length: TextLength }) {
  const t = useText();
  if (length.left === null) return null;
  const text = length.tooLong
    ? t("composer.tooLong", { over: Math.max(1, -length.left) })
    : t("composer.left", { left: length.left });
  return (
    <p role="status" className={classes("text-12 tabular", length.tooLong ? "font-semibold text-bad" : "text-ink-2")}>
      {text}
    </p>
  );
}
