"""Drives Chromium over the pipe of its DevTools protocol, with nothing but the standard library."""
import base64
import json
import os
import subprocess
import threading


class Chromium:
    """One browser with one page. Every wait has a limit that only ends a test that would hang."""

    def __init__(self, program, folder, patience_s=60):
        self.patience_s = patience_s
        to_browser, self.out = os.pipe()
        self.into, from_browser = os.pipe()

        def place_pipes():
            # The browser reads descriptor 3 and writes 4; ours may have these numbers already.
            first, second = os.dup(to_browser), os.dup(from_browser)
            os.dup2(first, 3)
            os.dup2(second, 4)

        with open(os.path.join(folder, "chromium.log"), "wb") as log:
            self.process = subprocess.Popen(
                [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
                 f"--user-data-dir={folder}/profile", "about:blank"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "HOME": folder},
                close_fds=False, preexec_fn=place_pipes)
        os.close(to_browser)
        os.close(from_browser)
        self.timer = threading.Timer(patience_s * 4, self.process.kill)
        self.timer.start()
        self.buffer = b""
        self.number = 0
        self.session = None
        self.logged = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def close(self):
        self.timer.cancel()
        self.process.kill()
        self.process.wait()
        os.close(self.out)
        os.close(self.into)

    def receive(self):
        while b"\0" not in self.buffer:
            block = os.read(self.into, 1 << 16)
            if not block:
                raise RuntimeError("the browser has gone")
            self.buffer += block
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            # What the page complains about: errors, and what its policy has blocked.
            if answer.get("method") == "Runtime.exceptionThrown":
                self.logged.append(answer["params"]["exceptionDetails"].get("exception", {}).get("description", "an error"))
            if answer.get("method") == "Log.entryAdded" and answer["params"]["entry"]["level"] in ("error", "warning"):
                self.logged.append(answer["params"]["entry"]["text"] + " " + answer["params"]["entry"].get("url", ""))

    def open(self, address):
        self.call("Page.navigate", url=address)

    def evaluate(self, script):
        """The value of an expression; a promise is awaited."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script[:80]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, condition):
        """Until the expression is true in the page."""
        met = self.evaluate(
            "new Promise((resolve) => { const end = Date.now() + %d; const look = () => { let met = false; try { met = Boolean(%s); } catch {}"
            " if (met || Date.now() > end) resolve(met); else setTimeout(look, 20); }; look(); })" % (self.patience_s * 1000, condition))
        assert met, f"never came true: {condition}"

    def look(self, width, height=900, dark=False, reduced_motion=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"}])

    def press(self, key, code=0, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, text=text if kind == "keyDown" else "")

    def type(self, text):
        self.call("Input.insertText", text=text)

    def picture(self, path):
        shot = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def violations(self, axe_source):
        """What axe-core finds, one line each."""
        self.evaluate(axe_source + "; 0")
        return self.evaluate(
            "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.flatMap((violation) =>"
            " violation.nodes.map((node) => violation.id + ': ' + node.target.join(' ') + ': ' + node.failureSummary)))")
