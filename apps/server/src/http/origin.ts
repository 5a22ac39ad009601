/**
 * Whether a request's Origin is our own page (T4, CSRF): the origin of SOTTO_URL, or, for whoever runs it at home without
 * one, the host that the request itself was sent to: `localhost`, an address and a name all work. A page of another site
 * always has another host in its Origin.
 */
export function ownOrigin(request: Request, url: string): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  if (origin === new URL(url).origin) return true;
  const { protocol, host, origin: plain } = new URL(origin);
  // A browser sends scheme, host and port; whatever else is in there, no page of ours sent it.
  if (origin !== plain) return false;
  return isLoopback(url) && protocol === "http:" && host === request.headers.get("host");
}

/** The default URL: nothing was configured, or only for this machine. */
function isLoopback(url: string): boolean {
  return new URL(url).hostname === "localhost";
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

export function isSafe(method: string): boolean {
  return safeMethods.has(method);
}
