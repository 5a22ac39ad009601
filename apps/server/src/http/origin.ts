/**
 * Whether a request's Origin is our own page (T4, CSRF): the origin of SOTTO_URL, or, for whoever runs it at home without
 * one, the host that the request itself was sent to, when that is an address or a name of the local network: a site of the
 * internet that points its name at this machine (DNS rebinding) has its own name in both.
 */
export function ownOrigin(request: Request, url: string): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  if (origin === new URL(url).origin) return true;
  const { protocol, host, origin: plain } = new URL(origin);
  // A browser sends scheme, host and port; whatever else is in there, no page of ours sent it.
  if (origin !== plain) return false;
  return (
    isLoopback(url) && protocol === "http:" && host === request.headers.get("host") && isLocal(new URL(origin).hostname)
  );
}

/** The default URL: nothing was configured, or only for this machine. */
function isLoopback(url: string): boolean {
  return new URL(url).hostname === "localhost";
}

/** An address, a name without a dot, or one that no public DNS serves. */
export function isLocal(hostname: string): boolean {
  if (hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname)) return true;
  return !hostname.includes(".") || /\.(localhost|local|internal|home\.arpa)$/.test(hostname);
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

export function isSafe(method: string): boolean {
  return safeMethods.has(method);
}
