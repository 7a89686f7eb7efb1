"""Journeys in a real Chromium, against the live server, with nothing fetched from anywhere else."""

import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.rig.missing import skip_or_fail

HOW_TO_GET = (
    "Chromium is not installed: Debian `apt install chromium fonts-noto-cjk`, macOS `brew install chromium`"
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = [
    "--no-sandbox",  # CI runs as root in a container, where Chromium's sandbox cannot start
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK = {"viewport": {"width": 1280, "height": 800}}
PATIENCE_MS = 10_000


def fits(page: Any) -> bool:
    """Nothing sticks out to the right. Not against innerWidth: on a phone that grows with what sticks out.
    After a click the words may be there before the style is: only a page that has loaded is measured."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all journeys of a worker process."""
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    if program is None:
        skip_or_fail(HOW_TO_GET)
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, which Django takes for async code; nothing here is.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


class Visitor:
    """A browser window whose pages report what must not happen: outside requests, script errors, CSP violations."""

    def __init__(self, chromium: Any, base_url: str, **options: Any) -> None:
        self.host = urlsplit(base_url).netloc
        self.complaints: list[str] = []
        self.context = chromium.new_context(
            base_url=base_url, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.route("**/*", self._only_ours)
        self.context.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))
        self.context.on("console", self._listen)

    def _only_ours(self, route: Any) -> None:
        url = urlsplit(route.request.url)
        if url.scheme in {"data", "blob"} or url.netloc == self.host:
            route.continue_()
            return
        self.complaints.append(f"outside request: {route.request.url}")
        route.abort()

    def _listen(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.complaints.append(f"content security policy: {message.text}")

    def leave(self) -> None:
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)


@pytest.fixture
def visitor(chromium: Any, live_server: Any) -> Iterator[Any]:
    """Opens more windows when a journey needs several people: `visitor(**tests.rig.browser.PHONE)` gives a page."""
    visitors: list[Visitor] = []

    def arrive(**options: Any) -> Any:
        visitors.append(Visitor(chromium, live_server.url, **options))
        return visitors[-1].context.new_page()

    yield arrive
    for person in visitors:
        person.leave()


@pytest.fixture
def phone(visitor: Any) -> Any:
    """A page on a phone: 390 x 844, touch."""
    return visitor(**PHONE)


@pytest.fixture
def desk(visitor: Any) -> Any:
    """A page on an office screen: 1280 x 800."""
    return visitor(**DESK)
