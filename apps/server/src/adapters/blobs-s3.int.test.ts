import { afterAll, beforeAll, describe } from "bun:test";
import { radosgwMissing, startRadosgw, type Radosgw } from "../../test/radosgw.ts";
import { silentLog } from "../log.ts";
import { blobsContract } from "./blobs-contract.ts";
import { createS3Blobs } from "./blobs-s3.ts";

const missing = radosgwMissing();
describe.skipIf(missing !== null)(`on radosgw${missing === null ? "" : `: ${missing}`}`, () => {
  let s3: Radosgw;
  beforeAll(async () => {
    s3 = await startRadosgw();
  }, 120_000);
  afterAll(async () => s3[Symbol.asyncDispose]());

  blobsContract("S3", async () => {
    const address = await s3.bucket();
    const open = () => createS3Blobs({ address, log: silentLog() });
    return { blobs: open(), reopen: async () => open() };
  });
});
