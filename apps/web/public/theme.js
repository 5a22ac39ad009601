// Theme, text size and direction before the first paint, so that nothing flashes or jumps. `look/` and `text/language.ts` take over.
(function () {
  var root = document.documentElement;
  var stored = function (key) {
    try {
      return localStorage.getItem(key);
    } catch (e) {
      // Storage may be closed to us; what the system says is a fine answer.
      return null;
    }
  };
  var choice = stored("sotto.theme");
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.textSize = stored("sotto.textSize") || "normal";
  var spoken = [stored("sotto.language")].concat(navigator.languages || []).filter(function (tag) {
    return /^(en|ar)\b/i.test(tag || "");
  })[0];
  if (/^ar\b/i.test(spoken || "")) {
    root.lang = "ar";
    root.dir = "rtl";
  }
})();
