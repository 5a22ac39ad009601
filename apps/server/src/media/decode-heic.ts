import libheif from "libheif-js/wasm-bundle";
import { refuse, Refusal } from "../errors.ts";
import type { Pixels } from "./pixels.ts";
import { checkPixels } from "./verify.ts";

/**
 * HEVC pictures, in WebAssembly: sharp's libvips reads their headers and cannot decode them. Turned and mirrored as the file
 * says (so never again afterwards); colours in the file's own space, without its profile.
 */
export async function decodeHeic(bytes: Uint8Array): Promise<Pixels | Refusal> {
  const images = new libheif.HeifDecoder().decode(bytes);
  const primary = images.find((image) => Boolean(image.is_primary())) ?? images[0];
  if (primary === undefined)
    return refuse("damaged_media", { detail: "This photo is damaged: no picture in it can be decoded." });
  const [width, height] = [primary.get_width(), primary.get_height()];
  const tooMany = checkPixels({ width, height, frames: 1 });
  if (tooMany !== null) return tooMany;
  const data = new Uint8ClampedArray(width * height * 4);
  const filled = await new Promise<boolean>((done) =>
    primary.display({ data, width, height }, (result) => done(result !== null)),
  );
  for (const image of images) image.free();
  if (!filled) return refuse("damaged_media", { detail: "This photo is damaged: its picture cannot be decoded." });
  return { data: new Uint8Array(data.buffer), width, height, channels: 4 };
}
