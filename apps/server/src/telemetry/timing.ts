/** A histogram that costs a comparison or two and an addition: buckets are counted here, and read when somebody asks. */
export class Timing {
  readonly bounds: readonly number[];
  readonly buckets: Float64Array;
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.buckets = new Float64Array(bounds.length);
  }

  observe(value: number): void {
    this.sum += value;
    this.count += 1;
    for (let at = 0; at < this.bounds.length; at += 1) {
      if (value > (this.bounds[at] ?? 0)) continue;
      this.buckets[at] = (this.buckets[at] ?? 0) + 1;
      return;
    }
  }

  /** Since a reading of `performance.now()`, in seconds. */
  since(beganMs: number): void {
    this.observe((performance.now() - beganMs) / 1000);
  }
}

/** Seconds: from half a millisecond to ten seconds. */
export const secondBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;
export const longSecondBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120] as const;
export const sizeBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048] as const;
