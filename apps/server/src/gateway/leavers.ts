/** Longer than anything committed before they left can be on its way: between processes, or in a batch's answer. */
const rememberedMs = 60_000;

/**
 * Who left what just now. A send committed before somebody left, and told after, was still addressed to them: its event stops
 * here (R8, T3). The database is asked about everything else; this is for what was decided already.
 */
export class Leavers {
  private readonly left = new Map<string, Set<string>>();

  remember(personId: string, conversationId: string): void {
    const mark = `"conversationId":"${conversationId}"`;
    const marks = this.left.get(personId) ?? new Set();
    this.left.set(personId, marks.add(mark));
    setTimeout(() => {
      marks.delete(mark);
      if (marks.size === 0) this.left.delete(personId);
    }, rememberedMs).unref();
  }

  /** Whether this event names a conversation that they left. One look into an empty map for everybody else. */
  stops(personId: string, payload: string): boolean {
    const marks = this.left.get(personId);
    if (!marks) return false;
    for (const mark of marks) if (payload.includes(mark)) return true;
    return false;
  }
}
