import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { isPublicAddress } from "./public-address.ts";

/** Where one request goes: its connection is pinned to these addresses, whatever the name means a moment later. */
export interface Target {
  url: URL;
  addresses: readonly Resolved[];
}

export interface Resolved {
  address: string;
  family: 4 | 6;
}

/** The world's names: the machine's resolver, unless a test stands in for it. */
export type Resolve = (host: string) => Promise<readonly Resolved[]>;

export type TargetRefusal = "bad_url" | "port" | "private" | "unresolved";

export interface TargetRules {
  resolve: Resolve;
  /** `host:port` of what may be reached nevertheless, as the URL writes them; the operator's and the tests', never a user's. */
  allow: readonly string[];
  ports: readonly number[];
}

/**
 * The first step of every request and of every redirect: scheme, credentials, port, and **all** of the addresses that the name has
 * at this moment. One that is not public refuses the whole.
 */
export async function checkTarget(
  address: string | URL,
  { resolve, allow, ports }: TargetRules,
): Promise<Target | TargetRefusal> {
  const url = readWebUrl(address);
  if (url === null) return "bad_url";
  const allowed = allow.includes(`${url.hostname}:${portOf(url)}`);
  if (!allowed && !ports.includes(portOf(url))) return "port";
  const addresses = await addressesOf(url, resolve);
  if (addresses.length === 0) return "unresolved";
  if (!allowed && !addresses.every((one) => isPublicAddress(one.address))) return "private";
  return { url, addresses };
}

/** Null: not http or https, without a host, or with a name and password in it. */
export function readWebUrl(address: string | URL): URL | null {
  const url = typeof address === "string" ? (URL.canParse(address) ? new URL(address) : null) : address;
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;
  return url.username !== "" || url.password !== "" || url.hostname === "" ? null : url;
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "https:" ? 443 : 80));
}

/** `URL` has already made one shape of `0x7f000001`, `127.1` and `2130706433`; no look-up happens for what is an address. */
async function addressesOf(url: URL, resolve: Resolve): Promise<readonly Resolved[]> {
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (!ipaddr.isValid(literal)) return await resolve(url.hostname).catch(() => []);
  return [{ address: literal, family: literal.includes(":") ? 6 : 4 }];
}

export async function resolveByMachine(host: string): Promise<readonly Resolved[]> {
  const answers = await lookup(host, { all: true, order: "verbatim" });
  return answers.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}
