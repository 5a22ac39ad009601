/** Until when a message may be edited (R17). Pure: both times are the server's, never a client's. */
export interface EditRules {
  editWindowMs: number;
}

/** Inside the window: from when it was sent until `editWindowMs` later, both included. A clock that went back closes nothing. */
export function mayEdit({ sentAtMs, nowMs }: { sentAtMs: number; nowMs: number }, rules: EditRules): boolean {
  return nowMs - sentAtMs <= rules.editWindowMs;
}
