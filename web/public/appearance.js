// Runs before the first paint so that a saved theme or language does not flash. Kept as a file: the page allows no inline script.
;(function () {
  var root = document.documentElement
  var theme = null
  var language = null
  try {
    theme = localStorage.getItem("kaibo.theme")
    language = localStorage.getItem("kaibo.language")
  } catch {
    // storage is blocked: the defaults serve
  }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"
  }
  root.dataset.theme = theme
  if (language === "en") root.lang = "en"
})()
