// Runs in the page around the frames: one line for each page that has been checked, one for each fault of it.
"use strict";
addEventListener("message", ({ data }) => {
  const lines = [`CHECKED ${data.scheme} ${data.passed} ${data.page}`];
  for (const fault of data.found) lines.push(`FAULT ${data.scheme} ${data.page}: ${fault}`);
  const report = document.createElement("pre");
  report.textContent = lines.join("\n") + "\n";
  document.body.append(report);
});
