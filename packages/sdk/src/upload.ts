import type { Http } from "./http.ts";

export interface UploadOptions {
  http: Http;
  file: Blob;
  name: string;
  /** Where a broken upload goes on. */
  uploadUrl?: string;
  onUrl?: (uploadUrl: string) => void;
  onProgress?: (uploadedBytes: number) => void;
  signal?: AbortSignal;
}

/** Brings the bytes to the server; resolves with the medium's id when all are there. The tus client is loaded on first use. */
export async function upload(options: UploadOptions): Promise<string> {
  const { tusUpload } = await import("./tus.ts");
  return tusUpload(options);
}

export function nameOf(file: Blob): string {
  return "name" in file && typeof file.name === "string" && file.name !== "" ? file.name : "photo";
}

/** The last part of an upload's address. */
export function mediaIdFrom(uploadUrl: string): string {
  return (
    uploadUrl
      .split(/[?#]/)[0]
      ?.split("/")
      .findLast((part) => part !== "") ?? ""
  );
}
