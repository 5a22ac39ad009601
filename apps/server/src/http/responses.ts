import { toProblem, type Refusal } from "../errors.ts";

/** JSON answers are for the one who asked: nothing on the way may keep them. */
const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

export function jsonResponse(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers });
}

/** RFC 9457. `Retry-After` (seconds) goes with every refusal that knows when. */
export function problemResponse(refusal: Refusal, requestId: string): Response {
  const problem = toProblem(refusal, requestId);
  const response = new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
  if (refusal.retryAt) {
    const seconds = Math.max(1, Math.ceil((refusal.retryAt.getTime() - Date.now()) / 1000));
    response.headers.set("retry-after", String(seconds));
  }
  return response;
}
