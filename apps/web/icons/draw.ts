import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

/** Makes the icons of the installed app from the mark. Run it after changing `public/mark.svg`, and commit what it writes. */
const mark = readFileSync(here("../public/mark.svg"), "utf8");
/** A maskable icon is cut to any shape by the system: full bleed, the bubble inside the middle four fifths. */
const fullBleed = mark
  .replace('rx="15"', 'rx="0"')
  .replace('viewBox="0 0 64 64"', 'viewBox="-8 -8 80 80"')
  .replace("<rect ", '<rect x="-8" y="-8" ')
  .replace('width="64" height="64" rx', 'width="80" height="80" rx');

const icons = [
  { name: "icon-192.png", sizePixels: 192, svg: mark },
  { name: "icon-512.png", sizePixels: 512, svg: mark },
  { name: "icon-512-maskable.png", sizePixels: 512, svg: fullBleed },
  { name: "icon-180.png", sizePixels: 180, svg: fullBleed },
];

for (const { name, sizePixels, svg } of icons) {
  await sharp(Buffer.from(svg), { density: 72 * (sizePixels / 64) })
    .resize(sizePixels, sizePixels)
    .png({ palette: true, colours: 64 })
    .toFile(here(`../public/${name}`));
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
