/** How long this client waits before what, in one place: a simulation of many devices shortens them. */
export const waits = {
  /** An event that overtook another one is usually followed by it at once; only then ask. */
  gapPatienceMs: 150,
  faultPatienceMs: 2_000,
  /** Before an unread count that is a guess is asked for: what made it one usually brings a pull. */
  recountMs: 1_500,
  /** Between a change and its copy on the device. */
  saveMs: 500,
  /** Read markers: at most one in this time. */
  readEveryMs: 1_000,
  /** After the last keystroke. */
  draftPauseMs: 1_000,
  /** An upload of which nothing was sent or answered for so long has lost its connection: browsers wait for minutes, or for good. */
  uploadStallMs: 60_000,
  firstBackOffMs: 500,
  longestBackOffMs: 30_000,
};
