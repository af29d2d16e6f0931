"use strict";
// The page is complete without this script, which adds the filter.
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const sections = [...document.querySelectorAll("[data-environment]")];
  const rows = [...document.querySelectorAll("[data-verdict]")];
  const result = document.getElementById("filter-result");

  const apply = () => {
    const chosen = new FormData(form);
    const verdicts = new Set(chosen.getAll("verdict"));
    const [environment, cause] = [chosen.get("environment"), chosen.get("cause")];
    const every = form.querySelectorAll("[name=verdict]").length;
    const active = environment !== "" || cause !== "" || verdicts.size < every;
    let shown = 0;
    for (const row of rows) {
      const section = row.closest("[data-environment]").dataset.environment;
      row.hidden = !(
        verdicts.has(row.dataset.verdict) &&
        (environment === "" || environment === section) &&
        (cause === "" || cause === row.dataset.cause)
      );
      shown += row.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll(".group")) {
      group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
      if (active && !group.hidden) group.open = true;
    }
    for (const section of sections) {
      // An environment without changes, such as an unknown one, is hidden by its name only.
      const empty = !section.querySelector("[data-verdict]");
      const other = environment !== "" && environment !== section.dataset.environment;
      section.hidden = other || !(empty || section.querySelector("[data-verdict]:not([hidden])"));
    }
    result.textContent = `${shown} of ${rows.length} changes shown`;
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields have their first values after the event.
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
})();
