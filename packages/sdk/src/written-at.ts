let lastMs = 0;

/** This device's time, later at every call: the order of writing, of messages and changes alike, also within one millisecond. */
export function nextWrittenMs(): number {
  lastMs = Math.max(Date.now(), lastMs + 1);
  return lastMs;
}
