/**
 * A message goes out several times: to its receivers, to its sender's other devices, in the answer. Its JSON is made once
 * and remembered with the object for as long as that lives.
 */
const encodings = new WeakMap<object, string>();

export function rememberEncoding<T extends object>(value: T, json: string): T {
  encodings.set(value, json);
  return value;
}

/** The value's JSON: the remembered one where there is one. */
export function encode(value: unknown): string {
  const known = typeof value === "object" && value !== null ? encodings.get(value) : undefined;
  return known ?? JSON.stringify(value);
}
