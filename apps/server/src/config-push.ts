/** How pushes go out. No variable sets it: only tests do otherwise. */
export interface PushConfig {
  /** From a change to its notification: who reads at once is not told. */
  delayMs: number;
  /** PEM of an authority to trust for push services; machines have NODE_EXTRA_CA_CERTS. */
  ca?: string;
}

export const defaultPush: PushConfig = { delayMs: 2_000 };
