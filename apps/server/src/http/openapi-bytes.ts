import { errorResponses } from "./openapi-errors.ts";

/** The routes that move bytes, which no command describes. */
const mediaId = { name: "mediaId", in: "path", required: true, schema: { type: "string", format: "uuid" } };
const uploadId = { name: "uploadId", in: "path", required: true, schema: { type: "string", format: "uuid" } };
const tus = { name: "Tus-Resumable", in: "header", required: true, schema: { const: "1.0.0" } };
const done = (description: string) => ({ description });

export const byteRoutes = {
  "/v1/me/export": {
    get: {
      operationId: "me.export",
      summary: "Everything of mine as a ZIP, made while it is downloaded (C9).",
      responses: {
        "200": { description: "The file.", content: { "application/zip": {} } },
        ...errorResponses(["unauthenticated", "rate_limited", "internal", "unavailable"]),
      },
    },
  },
  "/v1/uploads": {
    post: {
      operationId: "uploads.create",
      summary: "Begin a resumable upload (tus 1.0). The upload's id is the medium's id.",
      parameters: [
        tus,
        { name: "Upload-Length", in: "header", required: true, schema: { type: "integer" } },
        { name: "Upload-Metadata", in: "header", required: false, schema: { type: "string" } },
      ],
      responses: {
        "201": done("Created; `Location` is the upload."),
        ...errorResponses([
          "invalid",
          "unauthenticated",
          "origin_refused",
          "too_large",
          "rate_limited",
          "internal",
          "unavailable",
          "storage_full",
        ]),
      },
    },
  },
  "/v1/uploads/{uploadId}": {
    head: {
      operationId: "uploads.head",
      summary: "How much of an upload is here.",
      parameters: [uploadId, tus],
      responses: { "200": done("`Upload-Offset` says it."), ...errorResponses(["unauthenticated", "not_found"]) },
    },
    patch: {
      operationId: "uploads.patch",
      summary: "The next bytes of an upload.",
      parameters: [uploadId, tus, { name: "Upload-Offset", in: "header", required: true, schema: { type: "integer" } }],
      requestBody: { required: true, content: { "application/offset+octet-stream": {} } },
      responses: {
        "204": done("Stored; the last one starts the processing."),
        ...errorResponses([
          "invalid",
          "unauthenticated",
          "origin_refused",
          "not_found",
          "conflict",
          "expired",
          "too_large",
          "storage_full",
        ]),
      },
    },
    delete: {
      operationId: "uploads.delete",
      summary: "Stop an upload; nothing of it is kept.",
      parameters: [uploadId, tus],
      responses: { "204": done("Gone."), ...errorResponses(["unauthenticated", "origin_refused", "not_found"]) },
    },
  },
  "/v1/media/{mediaId}/{rendition}": {
    get: {
      operationId: "media.bytes",
      summary: "A photo's bytes, for those who may see it at this moment. Ranges and ETags work.",
      parameters: [
        mediaId,
        { name: "rendition", in: "path", required: true, schema: { enum: ["list", "full", "original"] } },
      ],
      responses: {
        "200": { description: "The bytes.", content: { "image/*": {} } },
        "206": { description: "The asked range of them.", content: { "image/*": {} } },
        "304": done("What you have is still it, and you may still see it."),
        "416": done("There is no such range."),
        ...errorResponses(["unauthenticated", "not_found"]),
      },
    },
  },
};
