// Drives Chromium over its pipe (the DevTools protocol, no port and no library): a page that is opened, asked and typed at.
"use strict";
const { spawn } = require("child_process");

class Browser {
  constructor(program, profile) {
    this.process = spawn(program, ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe", "--hide-scrollbars",
      `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.waiting = new Map();
    this.listeners = [];
    this.number = 0;
    let text = "";
    this.process.stdio[4].on("data", (block) => {
      text += block;
      for (let end = text.indexOf("\0"); end >= 0; end = text.indexOf("\0")) {
        this.take(JSON.parse(text.slice(0, end)));
        text = text.slice(end + 1);
      }
    });
    this.process.on("exit", () => { for (const { fail } of this.waiting.values()) fail(new Error("the browser ended")); });
  }
  take(message) {
    const asked = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (asked) return message.error ? asked.fail(new Error(`${asked.method}: ${message.error.message}`)) : asked.done(message.result);
    for (const listener of this.listeners) listener(message);
  }
  send(method, params = {}, sessionId = undefined) {
    const id = ++this.number;
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((done, fail) => this.waiting.set(id, { done, fail, method }));
  }
  async open({ width = 1280, height = 900, dark = false, script = true, downloads } = {}) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, targetId, sessionId);
    for (const domain of ["Page", "Runtime", "Network", "Log", "DOM"]) await page.send(`${domain}.enable`);
    await page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }, { name: "prefers-reduced-motion", value: "reduce" }] });
    if (!script) await page.send("Emulation.setScriptExecutionDisabled", { value: true });
    if (downloads) await this.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads, eventsEnabled: true });
    return page;
  }
  async close() {
    const ended = new Promise((done) => this.process.on("exit", done));
    this.send("Browser.close").catch(() => {});
    await ended;
  }
}

class Page {
  constructor(browser, targetId, sessionId) {
    Object.assign(this, { browser, targetId, sessionId, troubles: [], requests: [], events: [] });
    browser.listeners.push((message) => {
      if (message.sessionId !== sessionId && !message.method.startsWith("Browser.")) return;
      const { method, params } = message;
      this.events.push(method);
      if (method === "Runtime.exceptionThrown") this.troubles.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
      if (method === "Runtime.consoleAPICalled" && params.type === "error") this.troubles.push(params.args.map((one) => one.value ?? one.description).join(" "));
      if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level)) this.troubles.push(params.entry.text);
      if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
      if (method === "Browser.downloadProgress" && params.state === "completed") this.downloaded = (this.downloaded || 0) + 1;
    });
  }
  send(method, params) { return this.browser.send(method, params, this.sessionId); }
  async go(url) {
    const seen = this.events.length;
    await this.send("Page.navigate", { url });
    await this.until(() => this.events.slice(seen).includes("Page.loadEventFired"), `loading ${url}`);
  }
  async ask(expression) {
    const answer = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    return answer.result.value;
  }
  // The limit only ends a test that would hang.
  async until(holds, what) {
    for (let turn = 0; turn < 1500; ++turn) {
      if (await holds()) return;
      await new Promise((go) => setTimeout(go, 20));
    }
    throw new Error(`it did not come to this: ${what}`);
  }
  drawn() { return this.until(() => this.ask('document.documentElement.dataset.drawn === "yes"'), "all figures are drawn"); }
  async press(key, code = key, text = undefined) {
    for (const type of ["keyDown", "keyUp"])
      await this.send("Input.dispatchKeyEvent", { type, key, code, text: type === "keyDown" ? text : undefined, windowsVirtualKeyCode: { Tab: 9, Enter: 13 }[key] });
  }
  async picture(path) {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    require("fs").writeFileSync(path, Buffer.from(data, "base64"));
  }
  async close() { await this.browser.send("Target.closeTarget", { targetId: this.targetId }); }
}

module.exports = { Browser };
