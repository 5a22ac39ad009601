import { ByteReader, Unparsable } from "./bytes.ts";

/** The parameters of a gain map, as numbers only: text that a file puts there does not come through. */

const hdrgm = [
  "GainMapMin",
  "GainMapMax",
  "Gamma",
  "OffsetSDR",
  "OffsetHDR",
  "HDRCapacityMin",
  "HDRCapacityMax",
] as const;
const number = /^[+-]?\d{1,12}(\.\d{1,12})?([eE][+-]?\d{1,2})?$/;

/** New XMP from the parameters in `xmp` (Adobe and Ultra HDR, or Apple); null when it describes no gain map. */
export function xmpGainMap(xmp: string): string | null {
  if (xmp.includes("hdrgm:GainMapMax")) return adobeXmp(xmp);
  if (!xmp.includes("aux:hdrgainmap") && !xmp.includes("HDRGainMapVersion")) return null;
  const headroom = fieldValues(xmp, "HDRGainMap:HDRGainMapHeadroom")[0];
  return wrap(
    `xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/" xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" ` +
      `apdi:AuxiliaryImageType="urn:com:apple:photo:2020:aux:hdrgainmap" HDRGainMap:HDRGainMapVersion="65536"` +
      (headroom === undefined ? "" : ` HDRGainMap:HDRGainMapHeadroom="${headroom}"`),
    "",
  );
}

/** The ISO 21496-1 parameters cut to their own length; null when they do not add up. */
export function isoGainMap(payload: Uint8Array | null): Uint8Array | null {
  if (payload === null) return null;
  try {
    const reader = new ByteReader(payload, 4);
    const flags = reader.u8();
    const channels = (flags & 0x80) === 0 ? 1 : 3;
    const commonDenominator = (flags & 0x08) !== 0;
    reader.take(commonDenominator ? 12 + 20 * channels : 16 + 40 * channels);
    return payload.slice(0, reader.at);
  } catch (error) {
    if (error instanceof Unparsable) return null;
    throw error;
  }
}

/** Single numbers as attributes, which is where libultrahdr looks; one for each channel as a sequence. */
function adobeXmp(xmp: string): string {
  let [attributes, elements] = ['xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"', ""];
  for (const name of hdrgm) {
    const values = fieldValues(xmp, `hdrgm:${name}`);
    const items = values.map((value) => `<rdf:li>${value}</rdf:li>`).join("");
    if (values.length === 1) attributes += ` hdrgm:${name}="${values[0]}"`;
    if (values.length > 1) elements += `<hdrgm:${name}><rdf:Seq>${items}</rdf:Seq></hdrgm:${name}>`;
  }
  const base = /hdrgm:BaseRenditionIsHDR\s*(?:=\s*"|>)\s*True/.test(xmp) ? "True" : "False";
  return wrap(`${attributes} hdrgm:BaseRenditionIsHDR="${base}"`, elements);
}

/** One number, or one for each channel, from an attribute, an element or a sequence. */
function fieldValues(xmp: string, name: string): string[] {
  const at = xmp.indexOf(name);
  if (at < 0) return [];
  const rest = xmp.slice(at + name.length, at + name.length + 600);
  const attribute = /^\s*=\s*["']([^"']{1,40})["']/.exec(rest);
  if (attribute?.[1] !== undefined) return number.test(attribute[1].trim()) ? [attribute[1].trim()] : [];
  const closing = rest.indexOf(`</${name}`);
  if (closing < 0) return [];
  const words = rest
    .slice(rest.indexOf(">") + 1, closing)
    .split(/<[^>]{0,80}>|\s/)
    .filter((word) => number.test(word));
  return words.slice(0, 3);
}

function wrap(attributes: string, content: string): string {
  return (
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
    `<rdf:Description ${attributes}>${content}</rdf:Description></rdf:RDF></x:xmpmeta>`
  );
}
