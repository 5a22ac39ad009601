// Sets the theme before the first paint, so that a dark screen never flashes white. `look/theme.ts` takes over from here.
(function () {
  var choice = "system";
  try {
    choice = localStorage.getItem("sotto.theme") || "system";
  } catch (e) {
    // Storage may be closed to us; the system's theme is a fine answer.
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
