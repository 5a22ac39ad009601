import { useCallback, useSyncExternalStore, type ReactNode } from "react";
import { IntlProvider, useIntl } from "react-intl";
import { setApart } from "./direction.ts";
import type { MessageId } from "./en.ts";
import { catalogue, subscribeToLanguage } from "./language.ts";

type Values = Record<string, string | number>;
type Sentence = ReturnType<typeof useIntl>["messages"][string] | undefined;
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
      const filled = values && apart(values);
      return filledIn(sentence, filled) ?? String(formatMessage({ id }, filled));
    },
    [formatMessage, messages],
  );
}

/** `TYPE.literal` and `TYPE.argument` of the parser, which stays out of the app. */
const literalType = 0;
const argumentType = 1;

/** A sentence of words and values alone, put together here: the formatter takes a tenth of a row's time. Null for any other. */
function filledIn(sentence: Sentence, values: Values = {}): string | null {
  if (!Array.isArray(sentence)) return null;
  let text = "";
  for (const part of sentence) {
    const value = part.type === literalType ? part.value : part.type === argumentType ? values[part.value] : undefined;
    if (value === undefined) return null;
    text += String(value);
  }
  return text;
}

function apart(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? setApart(value) : value]),
  );
}
