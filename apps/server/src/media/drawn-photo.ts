import sharp, { type CreateRaw, type Exif } from "sharp";
import { scenes, type Scene } from "./drawn-scenes.ts";
import { seededRandom, type Random } from "./seeded-random.ts";

/**
 * Photos that the project makes itself, for the demo community, the benchmark and the tests: a drawn scene, film grain, and,
 * with `exif`, what a phone would write (maker, serial number, time, place), so that removing it has something to do.
 * The same seed gives the same picture.
 */
export async function drawPhoto(options: DrawOptions): Promise<Uint8Array> {
  const { seed, width, height } = options;
  const random = seededRandom(seed);
  const scene = options.scene ?? sceneNames[Math.abs(Math.trunc(seed)) % sceneNames.length] ?? "dunes";
  const svg = scenes[scene]({ width, height, random });
  const drawn = await sharp(Buffer.from(svg)).resize(width, height, { fit: "fill" }).removeAlpha().raw().toBuffer();
  const picture = sharp(drawn, { raw: { width, height, channels: 3 } })
    .composite([
      {
        ...grain(random, { width: Math.min(width, 256), height: Math.min(height, 256) }),
        tile: true,
        blend: "soft-light",
      },
    ])
    .jpeg({ quality: 92, chromaSubsampling: "4:2:0" });
  if (options.exif === true)
    picture.withExif(cameraExif(random)).withMetadata({ orientation: options.orientation ?? 1 });
  return new Uint8Array(await picture.toBuffer());
}

export const sceneNames = Object.keys(scenes) as Scene[];

export interface DrawOptions {
  seed: number;
  width: number;
  height: number;
  /** Camera, time and GPS, all invented. */
  exif?: boolean;
  /** EXIF orientation, 1 to 8, with `exif`: the drawing lies as a camera held that way would store it. */
  orientation?: number;
  scene?: Scene;
}

function grain(random: Random, size: { width: number; height: number }): { input: Buffer; raw: CreateRaw } {
  const input = Buffer.alloc(size.width * size.height * 3);
  for (let at = 0; at < input.length; at += 3) {
    const light = 128 + (random() + random() + random() - 1.5) * 34;
    input.fill(light, at, at + 3);
  }
  return { input, raw: { ...size, channels: 3 } };
}

function cameraExif(random: Random): Exif {
  const degrees = (most: number): string =>
    `${Math.floor(random() * most)}/1 ${Math.floor(random() * 60)}/1 ${Math.floor(random() * 6000)}/100`;
  const taken = `2026:0${1 + Math.floor(random() * 9)}:1${Math.floor(random() * 10)} 1${Math.floor(random() * 10)}:2${Math.floor(random() * 10)}:07`;
  return {
    IFD0: { Make: "Lumenwerk", Model: "Lumenwerk L7", Software: "L7 4.2.1", DateTime: taken },
    IFD2: {
      DateTimeOriginal: taken,
      BodySerialNumber: `LW7-${Math.floor(random() * 1e9)}`,
      LensModel: "L 28mm f/1.8",
      FNumber: "18/10",
      ExposureTime: "1/250",
      ISOSpeedRatings: "100",
    },
    IFD3: {
      GPSLatitudeRef: random() < 0.5 ? "N" : "S",
      GPSLatitude: degrees(60),
      GPSLongitudeRef: random() < 0.5 ? "E" : "W",
      GPSLongitude: degrees(180),
      GPSAltitude: `${Math.floor(random() * 2000)}/1`,
    },
  };
}
