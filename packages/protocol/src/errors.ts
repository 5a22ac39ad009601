/**
 * Every refusal that a client can meet. `action` is what the client does about it:
 *
 * - `fix`: the request is wrong; the same one will fail again.
 * - `wait`: the same request works later; `retryAt` says when, where it is known.
 * - `retry`: a passing fault; repeat with back-off (every create carries an id, so repeating is safe).
 * - `sign_in`: the session is over.
 * - `stop`: the answer is final as things stand; show it.
 */
export const errorCodes = {
  invalid: { status: 400, action: "fix", title: "The request is not valid." },
  unauthenticated: { status: 401, action: "sign_in", title: "Please sign in." },
  wrong_credentials: { status: 401, action: "fix", title: "The username or the password is wrong." },
  origin_refused: { status: 403, action: "stop", title: "This page may not do that here." },
  /** R1, R2, R5, R27: closed, blocked or missing look the same. */
  not_accepting: { status: 403, action: "stop", title: "This person is not accepting messages from you." },
  own_setting_closed: { status: 403, action: "fix", title: "Your own setting keeps this person from answering you." },
  blocked_by_you: { status: 403, action: "fix", title: "You blocked this person." },
  /** R3, R4: one message until it is answered; pending and declined look the same. */
  request_waiting: { status: 403, action: "wait", title: "Your request is waiting for an answer." },
  request_text_only: { status: 403, action: "fix", title: "A first message to somebody new holds text only." },
  /** R17. */
  edit_window_closed: { status: 403, action: "stop", title: "The time to edit this message is over." },
  forward_forbidden: { status: 403, action: "stop", title: "Its sender does not want this forwarded." },
  no_mail: { status: 403, action: "stop", title: "This server sends no e-mail." },
  not_found: { status: 404, action: "stop", title: "There is nothing here for you." },
  method_not_allowed: { status: 405, action: "fix", title: "This address does not know that method." },
  conflict: { status: 409, action: "stop", title: "This id was used for something else." },
  username_taken: { status: 409, action: "fix", title: "This username is taken." },
  expired: { status: 410, action: "stop", title: "This is no longer there." },
  too_large: { status: 413, action: "fix", title: "This is too large." },
  unsupported_media: { status: 415, action: "fix", title: "This is not a kind of photo that can be shown." },
  damaged_media: { status: 422, action: "fix", title: "This photo is damaged." },
  version_unsupported: { status: 426, action: "stop", title: "This app is too old or too new for the server." },
  rate_limited: { status: 429, action: "wait", title: "That was too much at once." },
  internal: { status: 500, action: "retry", title: "Something went wrong on our side." },
  unavailable: { status: 503, action: "retry", title: "The service cannot answer right now." },
  storage_full: { status: 507, action: "retry", title: "There is no room left on the server." },
} as const satisfies Record<string, ErrorInfo>;

export type ErrorCode = keyof typeof errorCodes;
export type ErrorAction = "fix" | "wait" | "retry" | "sign_in" | "stop";

/** RFC 9457 problem details, as sent with `application/problem+json` and in socket frames. */
export interface Problem {
  /** `about:blank#<code>`: the code is the type. */
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  /** What exactly is wrong here, in plain words. */
  detail: string;
  requestId: string;
  /** When the same request may work: RFC 3339 UTC. */
  retryAt?: string;
  /** Where in the input, for `invalid`: a JSON pointer. */
  pointer?: string;
}

interface ErrorInfo {
  status: number;
  action: ErrorAction;
  title: string;
}
