"""Chromium without a window, and what the tests do with it again and again."""

import base64
import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


class Browser:
    """One browser; `open` begins each test with an empty log."""

    def __init__(self, address):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                         "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_script_timeout(30)
        self.address = address
        self.size(1280, 900)
        self.media()

    def quit(self):
        self.driver.quit()

    def size(self, width, height, scale=1):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 700})

    def media(self, scheme="light", motion="no-preference"):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]})

    def open(self, path, state="result", base=None):
        """Loads a page and waits until it is in a state: `empty`, `result` or `failure`."""
        self.severe()
        self.driver.get((base or self.address) + path)
        if state:
            self.until(f"page in state {state}", lambda: self.state() == state and not self.is_busy())
            self.frame()

    def state(self):
        return self.js("return document.body.dataset.state")

    def is_busy(self):
        return self.js("return document.getElementById('result')?.ariaBusy === 'true' || document.body.dataset.sweep === 'running'"
                       " || document.getElementById('effect')?.ariaBusy === 'true'")

    def until(self, what, condition, seconds=15):
        end = time.monotonic() + seconds
        while True:
            try:
                value = condition()
            except StaleElementReferenceException:
                value = None
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s in vain for: {what}; the page says: {self.text('#view')[:300]}")
            time.sleep(0.02)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def frame(self):
        """Lets the page draw: what is due before the next frames is done."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.js("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def texts(self, selector):
        return self.js("return [...document.querySelectorAll(arguments[0])].map((each) => each.innerText.trim())", selector)

    def facts(self, selector):
        """A definition list as a dictionary."""
        terms, values = self.texts(f"{selector} dt"), self.texts(f"{selector} dd")
        return dict(zip(terms, values))

    def click(self, selector):
        self.find(selector).click()
        self.frame()

    def press(self, *keys):
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()
        self.frame()

    def focus(self, selector):
        self.js("document.querySelector(arguments[0]).focus()", selector)

    def hover(self, selector, x, y, kind="pointermove"):
        """Moves the pointer to a place of an element, in parts of its width and height."""
        self.js("""
            const [target, x, y, kind] = arguments, box = document.querySelector(target).getBoundingClientRect();
            const at = {clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true};
            document.querySelector(target).dispatchEvent(kind === 'click' ? new MouseEvent(kind, at) : new PointerEvent(kind, at));
            """, selector, x, y, kind)
        self.frame()

    def query(self):
        return self.js("return Object.fromEntries(new URLSearchParams(location.search))")

    def severe(self):
        """What the console complained about since the last question."""
        return [each["message"] for each in self.driver.get_log("browser") if each["level"] == "SEVERE"]

    def tree(self):
        """The accessibility tree: [{role, name, focusable, level}]."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        found = []
        for node in nodes:
            if node.get("ignored"):
                continue
            properties = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
            found.append({
                "role": node.get("role", {}).get("value"), "name": (node.get("name", {}).get("value") or "").strip(),
                "focusable": properties.get("focusable", False), "level": properties.get("level")})
        return found

    def screenshot(self, path):
        """The whole page, beyond the window."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 4000), "scale": 1}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        path.write_bytes(base64.b64decode(shot["data"]))


__all__ = ["Browser", "Keys"]
