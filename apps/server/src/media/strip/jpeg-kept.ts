import { ascii, joinBytes, startsWith, u16be } from "./bytes.ts";
import { orientationTiff } from "./exif.ts";
import { blankProfile } from "./icc.ts";
import { iccSegments, isIcc, joinIcc, marker, segment, type JpegPart } from "./jpeg-parts.ts";

/** Start marker, a JFIF without density and thumbnail if there was one (it decides the colour space), and the orientation. */
export function keptHead(parts: readonly JpegPart[], orientation: number): Uint8Array[] {
  const head: Uint8Array[] = [Uint8Array.of(0xff, marker.soi)];
  if (parts.some(isJfif))
    head.push(segment(marker.app0, Uint8Array.of(0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)));
  if (orientation !== 1) head.push(segment(marker.app1, joinBytes([ascii("Exif\0\0"), orientationTiff(orientation)])));
  return head;
}

/** Profile, Adobe flag, tables, frame and scans, in their order. */
export function keptRest(parts: readonly JpegPart[]): Uint8Array[] {
  const icc = joinIcc(parts);
  const profile = icc === null ? null : iccSegments(blankProfile(icc));
  const first = parts.find(isIcc);
  return parts.flatMap((part) => {
    if (isIcc(part) && profile !== null) return part === first ? [profile] : [];
    if (isIcc(part)) return [segment(part.marker, part.payload)];
    if (isAdobe(part)) return [segment(part.marker, part.payload.subarray(0, adobeBytes))];
    if (decodes(part.marker))
      return [Uint8Array.of(0xff, part.marker), u16be(part.payload.length + 2), part.payload, part.scan];
    return [];
  });
}

function isJfif(part: JpegPart): boolean {
  return part.marker === marker.app0 && startsWith(part.payload, "JFIF\0") && part.payload.length >= 14;
}

/** "Adobe", version, two flags, and the transform: what libjpeg reads. */
const adobeBytes = 12;

function isAdobe(part: JpegPart): boolean {
  return part.marker === marker.app14 && startsWith(part.payload, "Adobe") && part.payload.length >= adobeBytes;
}

/** SOFn, DHT, DAC, SOS, DQT, DNL, DRI, DHP, EXP. */
function decodes(code: number): boolean {
  return code >= 0xc0 && code <= 0xdf;
}
