/** Until when a message may be edited (R17). Pure: both times are the server's, never a client's. */
export interface EditRules {
  editWindowMs: number;
}

/**
 * Inside the window: from when it was sent until `editWindowMs` later, both included. A clock that went back closes nothing, and a
 * window of nothing never opens.
 */
export function mayEdit({ sentAtMs, nowMs }: { sentAtMs: number; nowMs: number }, rules: EditRules): boolean {
  return rules.editWindowMs > 0 && nowMs - sentAtMs <= rules.editWindowMs;
}
