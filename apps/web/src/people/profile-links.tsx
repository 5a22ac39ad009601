import LinkIcon from "lucide-react/icons/link";
import { safeHref } from "../text/links.ts";

/** The address itself is what one sees: where a link leads is never hidden behind a word. */
export function ProfileLinks({ links }: { links: readonly string[] }) {
  const safe = links.flatMap((link) => safeHref(link) ?? []);
  if (safe.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap justify-center gap-x-4">
      {safe.map((href) => (
        <li key={href} className="min-w-0">
          <a
            href={href}
            target="_blank"
            rel="noopener noreferrer me"
            className="inline-flex min-h-11 max-w-full items-center gap-1.5 text-14 font-medium text-accent-text hover:underline"
          >
            <LinkIcon size={14} strokeWidth={2} className="shrink-0" aria-hidden />
            <span className="truncate">{href.replace(/^https?:\/\//u, "").replace(/\/$/u, "")}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
