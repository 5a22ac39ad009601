import { expect, test } from "bun:test";
import { createOutput, drawBar } from "./output.ts";

test("a bar fits its terminal and ends at 100 %", () => {
  expect(drawBar({ label: "harbour.jpg", done: 50, all: 100, columns: 80 })).toContain(" 50 %");
  expect(drawBar({ label: "harbour.jpg", done: 100, all: 100, columns: 80 })).toContain(" 100 %");
  expect(drawBar({ label: "x".repeat(200), done: 1, all: 2, columns: 40 }).length).toBeLessThan(40);
});

test("no bar where nobody watches, and results alone on stdout", () => {
  const [out, err] = [collector(false), collector(false)];
  const output = createOutput({ json: false, stdout: out, stderr: err });
  output.progress("upload").update(1, 2);
  output.result("done", {});
  expect([out.text(), err.text()]).toEqual(["done\n", ""]);
  const watched = collector(true);
  createOutput({ json: false, stdout: out, stderr: watched }).progress("upload").update(1, 1);
  expect(watched.text()).toContain("upload");
});

function collector(isTTY: boolean) {
  let text = "";
  return { isTTY, write: (more: string) => void (text += more), text: () => text };
}
