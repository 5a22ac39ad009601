/**
 * The version of the socket's frames and of everything inside them. The server speaks this one
 * and the one before; `version.test.ts` hashes the schemas and insists on a bump when they change.
 */
export const protocolVersion = 1;
export const supportedVersions: readonly number[] = [protocolVersion];

/** Of every schema, path, error and close code: see `version.test.ts`. */
export const schemasHash = "89a5d57eb2692d8d";
