import { limits } from "@sotto/protocol/limits.ts";

/** What is wrong with a file, as far as this device can tell; the server looks at the content itself. */
export type FileProblem = "empty" | "too_large" | "not_a_photo";

export const acceptedTypes =
  "image/jpeg,image/png,image/webp,image/avif,image/heic,image/heif,image/gif,.heic,.heif,.avif";

/** One photo a message for now; several that are chosen together go one after another. */
export const mostFilesAtOnce = 10;

const photoNames = /\.(jpe?g|png|webp|avif|hei[cf]|gif)$/iu;

export function fileProblem(file: Pick<File, "name" | "size" | "type">): FileProblem | null {
  if (file.size === 0) return "empty";
  if (file.size > limits.uploadBytes) return "too_large";
  const named = photoNames.test(file.name);
  const typed = file.type.startsWith("image/") && file.type !== "image/svg+xml";
  return typed || (file.type === "" && named) ? null : "not_a_photo";
}

export function filesOf(transfer: DataTransfer | null): File[] {
  return transfer === null ? [] : [...transfer.files];
}

export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}
