import sharp from "sharp";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";

export interface TaggedPhoto {
  bytes: Buffer;
  name: string;
  /** What a camera wrote, and nobody else may ever read: each as it could stand in a file. */
  secrets: Buffer<ArrayBufferLike>[];
  /** As shown, after orientation. */
  shown: { width: number; height: number };
}

/** A photo as a phone takes it: lying on its side, with where and when and with what it was taken. */
export async function taggedPhoto(seed: number): Promise<TaggedPhoto> {
  const drawn = await drawPhoto({ seed, width: 2000, height: 1500, exif: true });
  const bytes = await sharp(drawn).withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer();
  const { orientation, exif } = await sharp(bytes).metadata();
  if (orientation !== 6 || exif === undefined) throw new Error("the test's own photo lost its tags");
  const secrets: Buffer<ArrayBufferLike>[] = ["Lumenwerk", "LW7-", "GPS", "L 28mm"]
    .map((text) => Buffer.from(text, "latin1"))
    .filter((text) => text.toString() === "GPS" || bytes.includes(text));
  secrets.push(gpsBlock(bytes));
  return { bytes, name: "IMG_2041.jpg", secrets, shown: { width: 1500, height: 2000 } };
}

/** The three rationals of the latitude, as they stand in the file: 24 bytes that no other photo holds. */
function gpsBlock(bytes: Buffer): Buffer<ArrayBufferLike> {
  const tiff = bytes.indexOf(Buffer.from("Exif\0\0", "latin1")) + 6;
  const little = bytes.toString("latin1", tiff, tiff + 2) === "II";
  const u16 = (at: number) => (little ? bytes.readUInt16LE(tiff + at) : bytes.readUInt16BE(tiff + at));
  const u32 = (at: number) => (little ? bytes.readUInt32LE(tiff + at) : bytes.readUInt32BE(tiff + at));
  const entry = (directory: number, tag: number) => {
    for (let at = directory + 2, left = u16(directory); left > 0; at += 12, left -= 1) if (u16(at) === tag) return at;
    throw new Error(`the test's own photo has no tag ${tag}`);
  };
  const gps = u32(entry(u32(4), 0x8825) + 8);
  const latitude = u32(entry(gps, 2) + 8);
  return bytes.subarray(tiff + latitude, tiff + latitude + 24);
}
