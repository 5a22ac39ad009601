import { Parser } from "htmlparser2";
import { plainWords } from "./plain-words.ts";

/** What a page says of itself, in plain words. */
export interface PageFacts {
  title: string;
  description: string;
  siteName: string;
  /** Absolute, http or https, and not looked at yet. */
  imageUrl: string | null;
}

/**
 * Reads the head of a page, and the beginning of its body where some put what belongs into the head: Open Graph first, then
 * Twitter's names, then HTML's own. Streams: no tree is made, and it ends at the first of its limits (T11).
 */
export function readPageFacts(html: string, pageUrl: string): PageFacts {
  const found = new FirstOf();
  const reader = new HeadReader(found);
  const parser = new Parser(reader.handler, { decodeEntities: true, lowerCaseTags: true });
  for (let at = 0; at < html.length && !reader.done; at += chunkChars) parser.write(html.slice(at, at + chunkChars));
  // Closes a title that the page leaves open.
  if (!reader.done) parser.end();
  const base = webUrl(found.get("base"), pageUrl) ?? pageUrl;
  return {
    title: plainWords(found.first("og:title", "twitter:title", "title"), 200),
    description: plainWords(found.first("og:description", "twitter:description", "description"), 300),
    siteName: plainWords(found.first("og:site_name", "application-name"), 60),
    imageUrl: webUrl(found.first(...imageNames), base),
  };
}

const chunkChars = 16_384;
const tagsAtMost = 20_000;
const depthAtMost = 256;
const bodyTagsAtMost = 500;
const valueChars = 4_096;
const imageNames = ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"];
const wanted = new Set([
  ...["og:title", "og:description", "og:site_name", "twitter:title", "twitter:description"],
  ...["description", "application-name", ...imageNames],
]);

/** What was said first of each name counts; the other 99,999 are not kept. */
class FirstOf {
  private readonly values = new Map<string, string>();

  add(name: string, value: string | undefined): void {
    if (value === undefined || value.trim() === "" || this.values.has(name)) return;
    this.values.set(name, value.slice(0, valueChars));
  }

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  first(...names: string[]): string {
    return names.map((name) => this.values.get(name)).find((value) => value !== undefined) ?? "";
  }
}

class HeadReader {
  done = false;
  private readonly found: FirstOf;
  private tags = 0;
  private bodyTags = 0;
  private depth = 0;
  private inBody = false;
  private inSvg = false;
  private title: string | null = null;

  constructor(found: FirstOf) {
    this.found = found;
  }

  readonly handler = {
    onopentag: (name: string, attributes: Record<string, string>) => this.open(name, attributes),
    ontext: (text: string) => {
      if (this.title !== null && this.title.length < valueChars) this.title += text;
    },
    onclosetag: (name: string) => this.close(name),
  };

  private open(name: string, attributes: Record<string, string>): void {
    this.tags += 1;
    if (this.inBody) this.bodyTags += 1;
    this.depth += 1;
    if (this.tags > tagsAtMost || this.depth > depthAtMost || this.bodyTags > bodyTagsAtMost) this.done = true;
    if (this.done) return;
    if (name === "body") this.inBody = true;
    if (name === "svg") this.inSvg = true;
    if (name === "title" && !this.inSvg) this.title = "";
    if (name === "base") this.found.add("base", attributes.href);
    if (name === "meta") this.meta(attributes);
  }

  /** `property` is Open Graph's, `name` everybody else's, and people mix them. */
  private meta({ property, name, content }: Record<string, string>): void {
    for (const given of [property, name]) {
      const asked = given?.trim().toLowerCase();
      if (asked !== undefined && wanted.has(asked)) this.found.add(asked, content);
    }
  }

  private close(name: string): void {
    this.depth -= 1;
    if (name === "svg") this.inSvg = false;
    if (name !== "title" || this.title === null) return;
    this.found.add("title", this.title);
    this.title = null;
  }
}

function webUrl(address: string | undefined, base: string): string | null {
  if (address === undefined || address.trim() === "" || !URL.canParse(address.trim(), base)) return null;
  const url = new URL(address.trim(), base);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}
