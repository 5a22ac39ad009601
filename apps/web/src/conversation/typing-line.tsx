import { useText } from "../text/intl.tsx";
import { useSenders } from "./use-senders.ts";

/** Who writes just now (C8), with dots that rest where motion is not wanted. */
export function TypingLine({ personIds }: { personIds: readonly string[] }) {
  const t = useText();
  const { nameOf } = useSenders();
  const [first, second] = personIds.map(nameOf);
  if (first === undefined) return null;
  const text =
    second === undefined
      ? t("typing.one", { name: first })
      : personIds.length === 2
        ? t("typing.two", { first, second })
        : t("typing.many");
  return (
    <span className="flex items-center gap-1.5 text-accent-text">
      <span aria-hidden className="typing-dots">
        <i />
        <i />
        <i />
      </span>
      <span className="truncate">{text}</span>
    </span>
  );
}
