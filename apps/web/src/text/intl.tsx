import { useCallback, useSyncExternalStore, type ReactNode } from "react";
import { IntlProvider, useIntl } from "react-intl";
import { setApart } from "./direction.ts";
import type { MessageId } from "./en.ts";
import { catalogue, subscribeToLanguage } from "./language.ts";

type Values = Record<string, string | number>;
/** The text of a catalogue entry, in the reader's language. */
export type Translate = (id: MessageId, values?: Values) => string;

export function Language({ children }: { children: ReactNode }) {
  const { locale, messages } = useSyncExternalStore(subscribeToLanguage, catalogue);
  return (
    <IntlProvider locale={locale} messages={messages} defaultLocale="en">
      {children}
    </IntlProvider>
  );
}

/** The same function until the language changes: effects may depend on it. */
export function useText(): Translate {
  const { formatMessage, messages } = useIntl();
  return useCallback(
    (id, values) => {
      const sentence = messages[id];
      // Compiled, it is a string only where nothing in it depends on values (`compiled-catalogues.ts`).
      if (typeof sentence === "string") return sentence;
      return String(formatMessage({ id }, values && apart(values)));
    },
    [formatMessage, messages],
  );
}

function apart(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? setApart(value) : value]),
  );
}
