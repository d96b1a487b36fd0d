// Runs inside a page that is looked at in a frame, after axe-core: tells the page around it what is wrong.
"use strict";
(async () => {
  const found = [];
  const result = await axe.run(document, { resultTypes: ["violations"] });
  for (const violation of result.violations)
    for (const node of violation.nodes)
      found.push(`${violation.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`);
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth)
    found.push(`too-wide: ${root.scrollWidth} pixels in a window of ${root.clientWidth}`);
  const scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  parent.postMessage({ page: document.title, scheme, passed: result.passes.length, found }, "*");
})();
