import { createECDH } from "node:crypto";
import { limits } from "@sotto/protocol/limits.ts";
import { isPublicAddress } from "../guard/public-address.ts";
import { readWebUrl } from "../guard/target.ts";

/** What a browser's `PushSubscription` says. */
export interface Endpoint {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export type EndpointProblem = { pointer: string; detail: string };

/**
 * What can be seen without asking anybody: https, no address inside, keys that a message can be encrypted for. Where its name
 * leads is looked up and pinned at each delivery (T10), and not here: the answer would tell what names mean inside the network.
 */
export function checkEndpoint(given: Endpoint, allow: readonly string[]): Endpoint | EndpointProblem {
  const url = readWebUrl(given.endpoint);
  const wrong = { pointer: "/endpoint", detail: "This is not the address of a push service." };
  if (url?.protocol !== "https:" || url.href.length > limits.urlChars) return wrong;
  if (!allow.includes(`${url.hostname}:${url.port || 443}`) && !mayBeOutside(url)) return wrong;
  if (!isPublicKey(given.keys.p256dh)) return { pointer: "/keys/p256dh", detail: "This is not a public key of P-256." };
  if (Buffer.from(given.keys.auth, "base64url").length < 16)
    return { pointer: "/keys/auth", detail: "This secret is too short." };
  return { endpoint: url.href, keys: given.keys };
}

/** A name of several parts, or a public address, at the port of https. */
function mayBeOutside({ hostname, port }: URL): boolean {
  if (port !== "") return false;
  // `URL` has made one shape of every way to write an address.
  const literal = /^\[(.+)\]$|^(\d+\.\d+\.\d+\.\d+)$/.exec(hostname);
  return literal ? isPublicAddress(literal[1] ?? literal[2] ?? "") : hostname.includes(".");
}

/** An uncompressed point of the curve: any other would fail at each encryption. */
function isPublicKey(p256dh: string): boolean {
  const bytes = Buffer.from(p256dh, "base64url");
  if (bytes.length !== 65) return false;
  const own = createECDH("prime256v1");
  own.generateKeys();
  try {
    own.computeSecret(bytes);
    return true;
  } catch {
    return false;
  }
}
