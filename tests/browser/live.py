"""The live view in Chromium: BROWSER AXE ADDRESS FOLDER [PICTURES]. Prints a line FAULT for each thing that is wrong, and DONE."""
import sys

from chromium import Chromium

TAB, ENTER, SPACE = ("Tab", 9), ("Enter", 13, "\r"), (" ", 32, " ")


def check(page, axe, fault):
    for dark in (False, True):
        for width in (320, 1280):
            page.look(width, dark=dark)
            where = f"{width} pixels, {'dark' if dark else 'light'}"
            for violation in page.violations(axe):
                fault(f"{where}: {violation}")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                fault(f"{where}: {wide} pixels too wide")


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def reach(page, name, limit=60):
    """Tab until the element has the focus."""
    for _ in range(limit):
        page.press(*TAB)
        if focused(page) == name:
            return
    raise AssertionError(f"Tab never came to {name}")


def main():
    browser, axe_file, address, folder = sys.argv[1:5]
    pictures = sys.argv[5] if len(sys.argv) > 5 else None
    faults = []

    def fault(text):
        faults.append(text)
        print("FAULT", text, flush=True)

    with open(axe_file, encoding="utf-8") as file:
        axe = file.read()
    page = Chromium(browser, folder)
    try:
        page.look(1280)
        page.open(address)
        page.wait_for("document.querySelectorAll('#lines .message').length >= 8 && document.querySelector('#people li')")
        # Text of strangers is text: nothing of theirs has become an element, and it can be read as it was sent.
        if page.evaluate("document.querySelectorAll('main b, main img, main script, main iframe, main a').length") > 0:
            fault("text from packets has become markup")
        for text in ("<b>bold</b> <img src=x onerror=alert(1)>", "<script>alert(2)</script>"):
            if not page.evaluate(f"document.querySelector('#lines').textContent.includes({text!r})"):
                fault(f"{text} is not shown as it was sent")
        if page.evaluate("document.body.textContent.includes('correct-horse')"):
            fault("a secret is in the page")
        page.wait_for("document.querySelector('#secrets').textContent.includes('*')")
        # Open a message by keyboard: its packets are there to copy, and its frames come.
        page.evaluate("document.querySelector('#scroll').focus()")
        page.press(*TAB)
        if focused(page) != "SUMMARY":
            fault(f"after the stream Tab comes to {focused(page)}")
        page.press(*ENTER)
        page.wait_for("document.querySelectorAll('details[open] .filter').length > 2")
        page.wait_for("document.querySelector('details[open] .packets').textContent.includes('SAY')")
        if not page.evaluate("/^frame\\.number in \\{[0-9]+(, [0-9]+)+\\}$/.test(document.querySelector('details[open] .filter').textContent)"):
            fault("there is no filter with the packets of the message")
        check(page, axe, fault)
        page.look(1280, 1000)
        if pictures:
            for dark in (False, True):
                page.look(1280, 1000, dark=dark)
                page.picture(f"{pictures}/wide-{'dark' if dark else 'light'}.png")
            page.look(320, 2600)
            page.picture(f"{pictures}/narrow.png")
            page.look(1280, 1000)
        # The filter: by typing, and by a click on a name.
        page.evaluate("document.querySelector('#by-text').focus()")
        page.type("bold")
        page.wait_for("document.querySelectorAll('#lines .message').length === 1")
        reach(page, "clear")
        page.press(*ENTER)
        page.wait_for("document.querySelectorAll('#lines .message').length >= 8")
        page.evaluate("document.querySelector('#rooms button').click()")
        page.wait_for("document.querySelector('#by-room').value !== ''")
        page.wait_for("[...document.querySelectorAll('#lines .room')].every((room) => room.textContent === document.querySelector('#by-room').value)")
        page.evaluate("document.querySelector('#clear').click()")
        # Back to the beginning and to now, by keyboard.
        page.evaluate("document.querySelector('#pause').focus()")
        reach(page, "beginning", 1)
        page.press(*ENTER)
        page.wait_for("!document.querySelector('#now').hidden && document.activeElement.id === 'now'")
        page.wait_for("document.querySelector('#status').textContent === 'the capture has ended' || document.querySelector('#status').textContent === 'looking back'")
        page.press(*ENTER)
        page.wait_for("document.querySelector('#now').hidden && document.activeElement.id === 'beginning'")
        page.evaluate("document.querySelector('#pause').focus()")
        page.press(*SPACE)
        page.wait_for("document.querySelector('#pause').getAttribute('aria-pressed') === 'true'")
        page.press(*SPACE)
        page.wait_for("document.querySelector('#pause').getAttribute('aria-pressed') === 'false'")
        page.look(1280, reduced_motion=True)
        if page.evaluate("document.getAnimations().length") > 0:
            fault("something moves although less motion is asked for")
        for complaint in page.logged:
            fault(f"the page complains: {complaint}")
    finally:
        page.close()
    print("DONE", len(faults), flush=True)


main()
