/** One client's connection, whatever it speaks. Frames are cut and pasted, not parsed: the driver is not what is measured. */
export interface Line {
  /** `number` comes back in `delivered`, at the other end, and in `acknowledged`. */
  send(number: number): void;
  close(): void;
}

export interface LineEvents {
  delivered(number: number): void;
  acknowledged(number: number): void;
  refused(number: number): void;
}

/** The same words for everybody. The number is cut out between the `m` and the first blank. */
export function messageText(number: number): string {
  return `m${number} dunes before the rain, the third one`;
}
