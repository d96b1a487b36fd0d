// How long a page takes: node page_size.js CHROMIUM PROFILE PAGE.html
"use strict";
const fs = require("fs");
const path = require("path");
const { Browser } = require("./browser.js");
const [, , program, profile, file] = process.argv;
(async () => {
  const browser = new Browser(program, profile);
  const page = await browser.open();
  await page.go(`file://${path.resolve(file)}`);
  await page.drawn();
  const [paint, loaded] = await page.ask(`[performance.getEntriesByType("paint").find((one) => one.name === "first-contentful-paint").startTime,
    performance.getEntriesByType("navigation")[0].loadEventEnd]`);
  const begin = Date.now();
  await page.ask(`(() => { const field = document.querySelector('#filters [name="person"]'); field.value = field.options[1].value; field.dispatchEvent(new Event("change", { bubbles: true })); })()`);
  await page.drawn();
  console.log(`${fs.statSync(file).size} bytes; first paint after ${Math.round(paint)} ms, loaded after ${Math.round(loaded)} ms, under a filter after ${Date.now() - begin} ms`);
  if (page.troubles.length) console.log(page.troubles.join("\n"));
  await browser.close();
})();
