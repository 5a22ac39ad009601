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
  emailChars: 254,
  passwordMinChars: 10,
  passwordMaxChars: 256,
  searchQueryChars: 100,
  clientIdChars: 64,
  cursorChars: 200,
  pageDefault: 50,
  pageMax: 200,
  /** People in one group, its maker included. */
  groupMembers: 200,
  mediaPerMessage: 1,
  /** One uploaded photo. */
  uploadBytes: 50 * 1024 * 1024,
  /** Photos of one person that no message and no profile shows yet, together, T18. */
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
  /** Sends that wait for their batch, of one person and of all (two bytes a character). */
  waitingSendsPerPerson: 64,
  waitingSendBytes: 64 * 1024 * 1024,
  /** Commands of one person that run at the same time on a process, and those that wait for their turn. */
  commandsPerPerson: 4,
  waitingCommandsPerPerson: 512,
  /** Commands that one socket may have under way. */
  outstandingCommands: 64,
  /** Frames that cannot be read, until the socket is closed. */
  malformedFrames: 10,
  /** Open sockets of one person; one more closes the oldest. */
  socketsPerPerson: 20,
  /** What may wait for a slow reader before its socket is closed. */
  waitingBytesPerSocket: 1024 * 1024,
  /** Texts in one answer; a page ends early and says so. */
  answerTextBytes: 512 * 1024,
  /** Sessions of one person; signing in once more ends the oldest. */
  sessionsPerPerson: 100,
  /** Unread counts stop here; clients show "99+" (R16). */
  unreadCap: 100,
  /** People named in one message who are told of it. */
  mentionsPerMessage: 50,
  /** Different emoji on one message, and those of one person on it. */
  reactionKindsPerMessage: 20,
  reactionsPerPerson: 5,
  pinsPerConversation: 100,
  /** A quote holds the beginning of its source. */
  quoteGraphemes: 200,
  draftGraphemes: 10_000,
  /** Messages hidden by one command. */
  hiddenAtOnce: 100,
  disappearMinSeconds: 5,
  disappearMaxSeconds: 90 * 86_400,
  /** How long an opened view-once medium can be looked at. */
  viewOnceSeconds: 60,
  /** People whose presence one command asks for. */
  presenceAtOnce: 50,
  searchSnippetGraphemes: 160,
  urlChars: 2_048,
  pushSubscriptionsPerPerson: 20,
  /** One answer of `messages.changes`; past it a client reloads the conversation. */
  changesPerPull: 200,
} as const;
