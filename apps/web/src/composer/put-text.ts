/** Puts text where a range of a box is, the caret after it, as if it had been typed: whoever listens to the box hears of it. */
export function putText(box: HTMLTextAreaElement, text: string, range?: Range): void {
  const { from, to } = range ?? { from: box.selectionStart, to: box.selectionEnd };
  // What was typed after the range meanwhile keeps the caret.
  box.setRangeText(text, from, to, box.selectionStart > to ? "preserve" : "end");
  box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}

interface Range {
  from: number;
  to: number;
}
