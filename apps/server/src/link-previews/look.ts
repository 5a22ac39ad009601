import { guardedRequest, type AnswerHead, type GuardedAnswer } from "../guard/guarded-request.ts";
import { decodePage } from "./charset.ts";
import { readPageFacts, type PageFacts } from "./page-facts.ts";
import { shownHost } from "./shown-host.ts";

export interface LookJob {
  url: string;
  /** `host:port` inside the network that the operator lets through. */
  allow: readonly string[];
  /** Where to put the image's bytes; nothing is there when there is none. */
  imageFile: string;
}

export interface Seen extends Omit<PageFacts, "imageUrl"> {
  host: string;
  hasImage: boolean;
}

const pageLimits = { bytes: 2 * 1024 * 1024, totalMs: 5_000, redirects: 5 };
const imageLimits = { bytes: 5 * 1024 * 1024, totalMs: 5_000, redirects: 3 };

/** Goes to an address and says what is there to show: a page's words about itself, and its image. Null: nothing (T11). */
export async function look(job: LookJob): Promise<Seen | null> {
  const answer = await ask(job.url, { ...job, wanted: isShowable, limits: pageLimits, cut: true });
  if (answer === null) return null;
  const image = isImage(answer);
  const facts = image ? { ...noWords, imageUrl: answer.url } : factsOf(answer);
  const hasImage = facts.imageUrl !== null && (await fetchImage(facts.imageUrl, job));
  const { title, description, siteName } = facts;
  if (!hasImage && title === "" && description === "") return null;
  return { host: shownWay(job.url, answer.url), title, description, siteName, hasImage };
}

/**
 * Where the link leads, for people to read: the host that it opens, and the one that it led to. The first may lead the server to the
 * one and people to another, so it is never left out (T21).
 */
function shownWay(from: string, to: string): string {
  const [first, last] = [shownHost(from), shownHost(to)];
  return first === last ? first : `${first} → ${last}`;
}

const noWords = { title: "", description: "", siteName: "" };

function factsOf(answer: GuardedAnswer): PageFacts {
  return readPageFacts(decodePage(answer.body, header(answer, "content-type")), answer.url);
}

/** The whole guard again, from its first step: a page may name any address as its image (T10). */
async function fetchImage(url: string, job: LookJob): Promise<boolean> {
  const answer = await ask(url, { ...job, wanted: isImage, limits: imageLimits, cut: false });
  if (answer === null || answer.body.length === 0) return false;
  await Bun.write(job.imageFile, answer.body);
  return true;
}

interface Asked {
  allow: readonly string[];
  wanted: (head: AnswerHead) => boolean;
  limits: typeof pageLimits;
  cut: boolean;
}

async function ask(url: string, { allow, wanted, limits, cut }: Asked): Promise<GuardedAnswer | null> {
  // Nothing about who asks: no cookies, no language, no address that was come from.
  const headers = { "user-agent": "Mozilla/5.0 (compatible; Sotto; link preview)", accept: "text/html,image/*;q=0.9" };
  const answer = await guardedRequest({ url, method: "GET", headers, limits, cut, wanted, allow });
  return answer.ok ? answer : null;
}

function isShowable(head: AnswerHead): boolean {
  const type = header(head, "content-type") ?? "";
  return head.status === 200 && (isImage(head) || /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(type));
}

/** By what it calls itself; what it is, the photo pipeline finds out. No SVG (T13). */
function isImage(head: AnswerHead): boolean {
  return head.status === 200 && /^\s*image\/(jpeg|png|webp|gif|avif)\s*(;|$)/i.test(header(head, "content-type") ?? "");
}

function header({ headers }: AnswerHead, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
