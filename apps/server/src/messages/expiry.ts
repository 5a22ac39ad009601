/** View-once messages that not everybody opened go after so long (C19). */
const onceDays = 14;

/** When a message disappears by itself; null: it stays. */
export function expiryOf(
  { disappearAfterSeconds, viewOnce }: { disappearAfterSeconds: number | null; viewOnce: boolean },
  now: Date,
): Date | null {
  const afterMs = [
    ...(disappearAfterSeconds === null ? [] : [disappearAfterSeconds * 1000]),
    ...(viewOnce ? [onceDays * 86_400_000] : []),
  ];
  return afterMs.length === 0 ? null : new Date(now.getTime() + Math.min(...afterMs));
}
