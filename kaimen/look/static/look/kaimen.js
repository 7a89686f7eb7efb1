/* Small comforts. Every page works without this file.
   data-key="n"      press the key to click the link or button, or to focus the field
   data-confirm="…"  ask before sending a form or following a link
   data-autosubmit   a filter form sends itself when a choice changes
   data-copy="…"     copy this text;  data-print: print the page
   .rows [data-row]  j / k walk through the list, Enter opens */
(() => {
  "use strict";
  const typing = (el) => el && (el.matches("input, textarea, select") || el.isContentEditable);

  const grow = (area) => {
    if (CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  document.addEventListener("input", (e) => e.target.matches("textarea") && grow(e.target));

  const walk = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const here = rows.findIndex((r) => r === document.activeElement || r.hasAttribute("aria-current"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey && e.key === "Enter" && !e.isComposing && e.target.form?.querySelector("textarea")) {
      e.preventDefault(); // in a line of text the browser would send it as well
      e.target.form.requestSubmit();
      return;
    }
    if (e.key === "Escape" && typing(e.target)) {
      e.target.blur();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return;
    if (e.key === "j" || e.key === "k") {
      walk(e.key === "j" ? 1 : -1);
      return;
    }
    const wanted = [...document.querySelectorAll("[data-key]")].find(
      (el) => el.dataset.key === e.key.toLowerCase() && el.offsetParent !== null,
    );
    if (!wanted) return;
    e.preventDefault();
    if (typing(wanted)) wanted.focus();
    else wanted.click();
  });

  document.addEventListener("submit", (e) => {
    const ask = e.submitter?.dataset.confirm || e.target.dataset.confirm;
    if (ask && !window.confirm(ask)) {
      e.preventDefault();
      return;
    }
    // Without a file to send, the plain form of a form is smaller and quicker to read at the other end.
    if (e.target.enctype === "multipart/form-data" && ![...e.target.elements].some((el) => el.files?.length))
      e.target.enctype = "application/x-www-form-urlencoded";
    if (e.submitter && e.target.method === "post") e.submitter.setAttribute("aria-busy", "true");
  });
  const rested = () => document.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy"));
  window.addEventListener("pageshow", rested);
  document.addEventListener("htmx:afterRequest", rested);

  document.addEventListener("change", (e) => {
    const form = e.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  document.addEventListener("click", async (e) => {
    const el = e.target.closest("[data-copy], [data-print]");
    if (!el) return;
    if ("print" in el.dataset) return void window.print();
    try {
      await navigator.clipboard.writeText(el.dataset.copy);
      if (el.dataset.copied) el.textContent = el.dataset.copied;
    } catch {
      window.prompt("", el.dataset.copy);
    }
  });
})();
