import { expect, test } from "bun:test";
import { firstLink } from "./first-link.ts";

test("the first address of a text, as it stands in it", () => {
  expect(firstLink("nothing here")).toBeNull();
  expect(firstLink("see https://a.example/b?c=d#e, and http://b.example")).toBe("https://a.example/b?c=d#e");
  expect(firstLink("(HTTPS://A.Example/Path)")).toBe("HTTPS://A.Example/Path");
  expect(firstLink("javascript:alert(1) ftp://a.example a.example")).toBeNull();
});
