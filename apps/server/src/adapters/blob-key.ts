/** What keys look like in every store: nothing that a path, an address or a client's words could smuggle in. */
export const blobKeyPattern = /^[a-z0-9-]+(\/[a-z0-9-]+)*$/;
