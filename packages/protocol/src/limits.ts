/**
 * Every limit of the wire, once. Units stand in the names.
 * What an operator may change lives in the server's `config.ts`; these are the same everywhere,
 * so that clients can check before they send.
 */
export const limits = {
  /** A message's text: user-perceived characters (UAX #29 grapheme clusters), C11. */
  textGraphemes: 10_000,
  textBytes: 65_536,
  usernameMinChars: 2,
  usernameMaxChars: 30,
  nameGraphemes: 50,
  bioGraphemes: 300,
  linksPerProfile: 5,
  linkChars: 300,
  passwordMinChars: 10,
  passwordMaxChars: 256,
  searchQueryChars: 100,
  clientIdChars: 64,
  cursorChars: 200,
  pageDefault: 50,
  pageMax: 200,
  mediaPerMessage: 1,
  /** One uploaded photo. */
  uploadBytes: 50 * 1024 * 1024,
  /** Uploads of one person that are not ready yet, together, T18. */
  pendingUploads: 30,
  pendingUploadBytes: 500 * 1024 * 1024,
  /** One frame of a photo, T14. */
  framePixels: 50_000_000,
  /** Frames × area of an animated photo, T14. */
  animationPixels: 400_000_000,
  animationFrames: 1_000,
  /** A JSON body over HTTP, and a frame on the socket. */
  requestBytes: 128 * 1024,
  ticketTtlSeconds: 30,
  /** Unread counts stop here; clients show "99+" (R16). */
  unreadCap: 100,
  /** One answer of `messages.changes`; past it a client reloads the conversation. */
  changesPerPull: 200,
} as const;
