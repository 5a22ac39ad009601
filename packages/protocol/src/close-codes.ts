/**
 * Why the server closes a socket, and what the client does: sign in again, resume, fix its frames, reload the app, or
 * reconnect in a moment.
 */
export const closeCodes = { sessionOver: 4001, tooSlow: 4002, malformed: 4003, version: 4004, goingAway: 1001 } as const;
