import type { ReactNode } from "react";
import { IntlProvider, useIntl } from "react-intl";
import { en, type MessageId } from "./en.ts";

type Values = Record<string, string | number>;
/** The text of a catalogue entry, in the reader's language. */
export type Translate = (id: MessageId, values?: Values) => string;

export function Language({ children }: { children: ReactNode }) {
  return (
    <IntlProvider locale="en" messages={en} defaultLocale="en">
      {children}
    </IntlProvider>
  );
}

export function useText(): Translate {
  const { formatMessage } = useIntl();
  return (id, values) => String(formatMessage({ id }, values));
}
