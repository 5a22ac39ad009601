import { expect, test } from "bun:test";
import { signS3 } from "./s3-sign.ts";

// The worked examples of the S3 documentation, "Examples: Signature calculations in AWS Signature Version 4".
const example = {
  now: new Date("2013-05-24T00:00:00Z"),
  region: "us-east-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

test("GET of a range, as the documentation signs it", () => {
  const { authorization } = signS3({
    ...example,
    method: "GET",
    url: new URL("https://examplebucket.s3.amazonaws.com/test.txt"),
    headers: { range: "bytes=0-9" },
    body: undefined,
  });
  expect(authorization).toEndWith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  expect(authorization).toContain("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date");
});

test("PUT with a body, as the documentation signs it", () => {
  const { authorization } = signS3({
    ...example,
    method: "PUT",
    url: new URL("https://examplebucket.s3.amazonaws.com/test%24file.text"),
    headers: { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    body: new TextEncoder().encode("Welcome to Amazon S3."),
  });
  expect(authorization).toEndWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
});

test("a list with its query, as the documentation signs it", () => {
  const { authorization } = signS3({
    ...example,
    method: "GET",
    url: new URL("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J"),
    headers: {},
    body: undefined,
  });
  expect(authorization).toEndWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
});
