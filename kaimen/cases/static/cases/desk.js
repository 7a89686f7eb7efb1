/* The open case is marked in the list, and a phone shows it instead of the list. The desk works without this file. */
(() => {
  "use strict";
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "case") return;
    const here = window.location.pathname;
    const path = event.detail.pathInfo?.requestPath?.split("?")[0] ?? here;
    document.querySelectorAll("#rows .row").forEach((row) => {
      const link = row.querySelector("a.row__link");
      if (link && new URL(link.href).pathname === path) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    document.querySelector(".panes")?.classList.add("panes--case");
    const asked = event.detail.pathInfo?.requestPath?.includes("do=");
    if (asked) document.querySelector("#doing textarea, #doing input:not([type=hidden])")?.focus();
  });
})();
