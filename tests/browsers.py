"""A real browser, and pages in it: what they show when a button is pressed."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 15.0
"""Seconds after which a page that shows nothing fails its test."""

_OPTIONS = (
    "--headless",
    "--no-sandbox",  # there is none for root, as in containers; the pages are ours
    "--disable-dev-shm-usage",
    # Nothing but the loopback is there for it.
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

# In one step, since a page may change between finding an element and reading it.
_TEXT = "return document.querySelector(arguments[0])?.innerText ?? ''"


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"{name} is not installed; Debian: apt install chromium chromium-driver")
    return found


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Run Chromium without a window; skip without it, but fail in CI."""
    options = ChromeOptions()
    options.binary_location = _program("chromium")
    for option in _OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Some builds block the cookies of third parties; an attack must not fail for that.
    options.add_experimental_option("prefs", {"profile.cookie_controls_mode": 0})
    driver = Chrome(options=options, service=Service(_program("chromedriver")))
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


class Visitor:
    """Somebody at a browser.

    Args:
        driver: The browser.
    """

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def forget(self) -> None:
        """Drop every cookie, and what the console said."""
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.console()

    def click(self, selector: str) -> None:
        """Click what a CSS selector finds."""
        self.driver.find_element(By.CSS_SELECTOR, selector).click()

    def write(self, selector: str, text: str) -> None:
        """Write into a field."""
        self.driver.find_element(By.CSS_SELECTOR, selector).send_keys(text)

    def sees(self, selector: str, is_it: Callable[[str], bool] = bool) -> str:
        """Wait until the text that a selector finds is what is awaited; give it."""

        def shown(driver: Chrome) -> str:
            text = driver.execute_script(_TEXT, selector)
            return text if text != "..." and is_it(text) else ""

        return WebDriverWait(self.driver, PATIENCE, 0.02).until(shown)

    def presses(self, call: str) -> str:
        """Press the button of a call, and give what the page then shows beside it."""
        self.click(f"button[data-call={call}]")
        return self.sees(f"#{call}")

    def fetches(self, address: str, **options: object) -> str:
        """Let a script of the page fetch; give status and text, or ``unreadable``."""
        script = """
            const [address, options, done] = arguments;
            fetch(address, options)
                .then(async (got) => done(`${got.status} ${await got.text()}`))
                .catch(() => done("unreadable"));
        """
        return str(self.driver.execute_async_script(script, address, options))

    def console(self) -> list[str]:
        """Give what the browser told in its console since the last time."""
        told: Any = self.driver
        return [str(each["message"]) for each in told.get_log("browser")]
