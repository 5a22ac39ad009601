import { limits } from "@sotto/protocol/limits.ts";
import { expect, test } from "bun:test";
import { fileProblem } from "./pickable.ts";

test("C12: what cannot be a photo is refused before it is sent, with its reason", () => {
  expect(fileProblem({ name: "a.jpg", size: 10, type: "image/jpeg" })).toBeNull();
  expect(fileProblem({ name: "IMG_1.HEIC", size: 10, type: "" })).toBeNull();
  expect(fileProblem({ name: "a.jpg", size: 0, type: "image/jpeg" })).toBe("empty");
  expect(fileProblem({ name: "a.jpg", size: limits.uploadBytes, type: "image/jpeg" })).toBeNull();
  expect(fileProblem({ name: "a.jpg", size: limits.uploadBytes + 1, type: "image/jpeg" })).toBe("too_large");
  expect(fileProblem({ name: "a.svg", size: 10, type: "image/svg+xml" })).toBe("not_a_photo");
  expect(fileProblem({ name: "a.pdf", size: 10, type: "application/pdf" })).toBe("not_a_photo");
  expect(fileProblem({ name: "photo", size: 10, type: "" })).toBe("not_a_photo");
});
