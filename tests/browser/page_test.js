// What report.html is in a real browser: node page_test.js CHROMIUM AXE.JS PROFILE DOWNLOADS SESSION.html HOSTILE.html EMPTY.html
"use strict";
const fs = require("fs");
const path = require("path");
const assert = require("assert/strict");
const { Browser } = require("./browser.js");
const [, , program, axePath, profile, downloads, session, hostile, empty] = process.argv;
const axe = fs.readFileSync(axePath, "utf8");
const url = (file) => `file://${path.resolve(file)}`;
const kHostileWords = "</script><img src=x onerror=alert(document.domain)>";

// Opens the page, lets `look` ask it, and holds it to what every page must keep: no request but itself, a quiet console.
async function visit(browser, file, options, hash, look) {
  const page = await browser.open({ downloads, ...options });
  await page.go(url(file) + hash);
  if (options.script !== false) await page.drawn();
  await look(page);
  assert.deepEqual(page.requests.filter((one) => !one.startsWith(url(file)) && !one.startsWith("blob:")), [], `requests of ${file}`);
  assert.deepEqual(page.troubles, [], `console of ${file}`);
  await page.close();
}

async function accessible(page, what) {
  const found = await page.ask(`${axe}; axe.run(document, { resultTypes: ["violations"] }).then((result) =>
    result.violations.flatMap((one) => one.nodes.map((node) => one.id + ": " + node.target.join(" ") + ": " + node.failureSummary)))`);
  assert.deepEqual(found, [], `axe-core: ${what}`);
  const [wide, room] = await page.ask("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
  assert.ok(wide <= room, `${what}: ${wide} pixels in a window of ${room}`);
}

const text = (page, selector) => page.ask(`document.querySelector(${JSON.stringify(selector)})?.textContent`);
const rows = (page, id) => page.ask(`[...document.querySelectorAll("#${id} tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent))`);

const tests = {
  async "no violation and no scrolling sideways, narrow and wide, light and dark"(browser) {
    for (const file of [session, hostile, empty])
      for (const width of [320, 1280])
        for (const dark of [false, true])
          await visit(browser, file, { width, dark }, "", async (page) => {
            await page.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
            await accessible(page, `${path.basename(file)}, ${width} pixels, ${dark ? "dark" : "light"}`);
          });
  },
  async "the text is complete without a script"(browser) {
    await visit(browser, session, { script: false }, "", async (page) => {
      const { root } = await page.send("DOM.getDocument", { depth: 0 });
      const { outerHTML } = await page.send("DOM.getOuterHTML", { nodeId: root.nodeId });
      for (const words of ["The story", "who has the router image?", "The ladder", "Findings", "frame.number ==", "<svg", "Every frame at its time"])
        assert.ok(outerHTML.includes(words), `without a script there is no '${words}'`);
      assert.ok(/<form[^>]*id="filters"[^>]*hidden/.test(outerHTML), "filters that do nothing are shown");
    });
  },
  async "a filter stands in the address, and the address gives the same view"(browser) {
    let there;
    const view = async (page) => ({ messages: await rows(page, "messages"), graph: await page.ask('document.querySelector("#figure-talk-graph .canvas").innerHTML'),
      ladder: await page.ask('document.querySelector("#figure-ladder .canvas").textContent') });
    await visit(browser, session, {}, "", async (page) => {
      const before = await view(page);
      await page.ask(`(() => { const field = document.querySelector('#filters [name="person"]'); field.value = "carol"; field.dispatchEvent(new Event("change", { bubbles: true })); })()`);
      await page.drawn();
      assert.equal(await page.ask("location.hash"), "#person=carol");
      there = await view(page);
      assert.ok(there.messages.length > 0 && there.messages.length < before.messages.length, "carol's messages are some of all");
      assert.ok(there.messages.every((row) => row.join("\n").includes("carol")), "only messages from and to carol");
      assert.notEqual(there.graph, before.graph);
      assert.ok(before.ladder.includes("who has the router image?") && !there.ladder.includes("who has the router image?"), "the ladder is of carol");
    });
    await visit(browser, session, {}, "#person=carol", async (page) => assert.deepEqual(await view(page), there));
    await visit(browser, session, {}, "#from=2&to=2.302", async (page) => {
      const times = (await rows(page, "messages")).map((row) => Number(row[0]));
      assert.ok(times.length > 0 && times.every((time) => time >= 2 && time <= 2.302), `times ${times}`);
    });
    await visit(browser, session, {}, "#person=nobody&from=x&connection=99", async (page) =>
      assert.deepEqual(await rows(page, "messages"), [], "nobody said nothing"));
  },
  async "tables sort and search by keyboard, and copy display filters"(browser) {
    await visit(browser, session, {}, "", async (page) => {
      const place = await page.ask(`[...document.querySelectorAll("#messages th")].findIndex((head) => head.dataset.column === "seq")`);
      await page.ask(`document.querySelectorAll("#messages th")[${place}].querySelector("button").focus()`);
      for (const [way, sorted] of [["ascending", (a, b) => a - b], ["descending", (a, b) => b - a]]) {
        await page.press("Enter", "Enter", "\r");
        assert.equal(await page.ask(`document.querySelectorAll("#messages th")[${place}].getAttribute("aria-sort")`), way);
        const numbers = (await rows(page, "messages")).map((row) => Number(row[place]));
        assert.deepEqual(numbers, [...numbers].sort(sorted), way);
      }
      await page.ask(`(() => { const field = document.querySelector("#messages input"); field.value = "ROUTER"; field.dispatchEvent(new Event("input")); })()`);
      assert.equal((await rows(page, "messages")).length, 1);
      await page.ask('document.querySelector("#messages .pk").click()');
      await page.until(async () => /frame\.number == \d+/.test(await text(page, "#copied")), "the copied filter is told");
    });
    // From the top, Tab goes through what can be used, in the order of the page.
    await visit(browser, session, {}, "", async (page) => {
      const stops = [];
      for (let turn = 0; turn < 20; ++turn) {
        await page.press("Tab");
        stops.push(await page.ask("document.activeElement.getAttribute('href') || document.activeElement.name || document.activeElement.id || document.activeElement.tagName"));
      }
      assert.equal(stops[0], "#main");
      assert.ok(stops.indexOf("#ladder") < stops.indexOf("person") && stops.indexOf("person") < stops.indexOf("link"), stops.join(", "));
    });
  },
  async "figures and tables can be saved"(browser) {
    await visit(browser, session, {}, "", async (page) => {
      await page.ask(`for (const words of ["SVG", "PNG"]) [...document.querySelectorAll("#figure-talk-graph .tools button")].find((one) => one.textContent === words).click();
        [...document.querySelectorAll("#messages .tools button")].find((one) => one.textContent === "CSV").click();`);
      const files = ["talk-graph.svg", "talk-graph.png", "messages.csv"].map((name) => path.join(downloads, name));
      await page.until(() => page.downloaded >= 3 && files.every((name) => fs.existsSync(name)), "three files are saved");
      assert.match(fs.readFileSync(files[0], "utf8"), /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*Who talks to whom[^]*<\/svg>/);
      assert.equal(fs.readFileSync(files[1]).subarray(1, 4).toString(), "PNG");
      assert.match(fs.readFileSync(files[2], "utf8"), /^t_s,packet_in,[^]*who has the router image\?/);
    });
  },
  async "what strangers wrote is shown and never run"(browser) {
    await visit(browser, hostile, {}, "", async (page) => {
      const messages = await rows(page, "messages");
      assert.ok(messages.some((row) => row.includes(kHostileWords)), "the hostile message stands there as it was said");
      assert.equal(await page.ask('document.querySelectorAll("main img, main iframe, main object, main a[href]:not([href^=\\"#\\"]), main svg script").length'), 0);
      assert.equal(await page.ask('document.querySelectorAll("script").length'), 2);
      assert.equal(await page.ask('[...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((two) => /^on/i.test(two.name))).length'), 0);
      const everything = await page.ask("document.documentElement.outerHTML");
      for (const secret of ["tulip-0", "tulip-1", "seCretTOKEN"]) assert.ok(!everything.includes(secret), `${secret} is in the page`);
      // Drawn anew from the data of the page as well.
      await page.ask(`(() => { const field = document.querySelector('#filters [name="person"]'); field.value = "mallory"; field.dispatchEvent(new Event("change", { bubbles: true })); })()`);
      await page.drawn();
      assert.equal(await page.ask('document.querySelectorAll("main img").length'), 0);
    });
    await visit(browser, hostile, {}, "#person=" + encodeURIComponent(kHostileWords), async (page) =>
      assert.equal(await page.ask('document.querySelectorAll("main img, #filters img").length'), 0));
  },
  async "an empty capture says so"(browser) {
    await visit(browser, empty, {}, "", async (page) => assert.match(await text(page, ".top"), /This capture is empty/));
  },
};

(async () => {
  const browser = new Browser(program, profile);
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test(browser);
      console.log(`ok: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: ${name}\n${error.message}`);
    }
  }
  await browser.close();
  process.exit(failed ? 1 : 0);
})();
