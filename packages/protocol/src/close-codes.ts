/**
 * Why the server closes a socket, and what the client does: sign in again, resume, fix its frames, reload the app, reconnect
 * in a moment, or (too many of this person's) stay away until somebody uses this window again.
 */
export const closeCodes = {
  sessionOver: 4001,
  tooSlow: 4002,
  malformed: 4003,
  version: 4004,
  tooMany: 4005,
  goingAway: 1001,
} as const;
