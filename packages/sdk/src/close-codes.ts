/** The socket's close codes, as in the protocol's `frames.ts`, which carries a validator and so cannot be loaded here. */
export const closeCodes = { sessionOver: 4001, tooSlow: 4002, malformed: 4003, version: 4004, goingAway: 1001 } as const;
