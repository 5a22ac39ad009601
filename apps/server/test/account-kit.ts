import { must, type Somebody } from "./api-kit.ts";

/** Somebody with a real password, which what belongs to an account asks for again. */
export async function signUpPerson(url: string, username: string, password: string): Promise<Somebody> {
  const { me, session, token = "" } = await must(url, null, "auth.signUp", { username, password });
  return { id: me.id, username, token, sessionId: session.id };
}

/** The files of a ZIP whose entries are stored as they are, by name: enough to read an export. */
export function readStoredZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, Uint8Array>();
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end -= 1;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error("no entry where one should be");
    const [sizeBytes, nameBytes] = [view.getUint32(at + 20, true), view.getUint16(at + 28, true)];
    const local = view.getUint32(at + 42, true);
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    files.set(
      new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes)),
      bytes.subarray(from, from + sizeBytes),
    );
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}
