"""The page: nothing in it that its own headers forbid, and a real browser that uses it."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.texts import LONGEST_TEXT
from tests.app.harness import serving
from tests.app.patience import PATIENCE_S
from tests.app.servers.loopback import free_port
from tests.needed import Needed

PAGE = Path(__file__).parents[2] / "app" / "page"
SCRIPTS = sorted(PAGE.glob("*.js"))
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # https://www.w3.org/TR/webdriver2/#elements
PASSWORD = "a password for a test"
ASKED_AGAIN = """
    return performance.getEntriesByType("resource").filter(({ name }) => name.includes("/status/")).length
"""


class Elements(HTMLParser):
    """Every element of a document with its attributes, and the text in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] in ("script", "style"):
            self.inline += data.strip()


@pytest.fixture(scope="module")
def elements() -> Elements:
    return Elements((PAGE / "index.html").read_text())


def test_the_page_loads_nothing_from_elsewhere(elements: Elements) -> None:
    for path in PAGE.iterdir():
        assert "//" not in re.sub(r"^\s*//.*| // .*", "", path.read_text(), flags=re.MULTILINE), path.name
        assert not re.search(r"@import|url\(|importScripts|\bimport\(", path.read_text()), path.name
    for tag, attributes in elements.found:
        loaded = attributes.get("src") or attributes.get("href")
        assert loaded is None or (PAGE / loaded).is_file(), tag
    for script in SCRIPTS:
        for imported in re.findall(r'from "(.*)";', script.read_text()):
            assert (PAGE / imported).is_file(), imported


def test_the_page_holds_no_script_and_no_style_inline(elements: Elements) -> None:
    assert elements.inline == ""
    for tag, attributes in elements.found:
        assert tag != "style"
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag


def test_the_page_s_scripts_never_make_markup_of_text() -> None:
    makes = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|\.style\b|setAttribute"
    for script in SCRIPTS:
        assert not re.search(makes, script.read_text()), script.name


def test_the_access_token_is_never_written_to_the_browser_s_storage() -> None:
    text = "".join(script.read_text() for script in SCRIPTS)
    assert "localStorage" not in text
    assert "document.cookie" not in text
    assert re.findall(r"sessionStorage\.setItem\((.*)\)", text) == ["KEPT, tokens.refresh_token"]


def test_every_field_has_a_label(elements: Elements) -> None:
    labelled = {attributes.get("for") for tag, attributes in elements.found if tag == "label"}
    fields = {attributes.get("id") for tag, attributes in elements.found if tag in ("input", "textarea")}
    assert fields == labelled


def test_the_page_lets_nobody_write_more_than_the_api_takes(elements: Elements) -> None:
    limits = {attributes.get("id"): attributes.get("maxlength") for _, attributes in elements.found}
    assert limits["text"] == str(LONGEST_TEXT)


class Browser:
    """Chromium by the WebDriver protocol (https://www.w3.org/TR/webdriver2/)."""

    def __init__(self, driver: httpx.Client, session: str) -> None:
        self._driver, self._session = driver, session

    def command(self, method: str, path: str, **body: Any) -> Any:
        answer = self._driver.request(method, f"/session/{self._session}{path}", json=body or {})
        value = answer.json()["value"]
        assert answer.is_success, value
        return value

    def run(self, script: str, *arguments: Any) -> Any:
        return self.command("POST", "/execute/sync", script=script, args=list(arguments))

    def _element(self, css: str) -> str:
        found = self.command("POST", "/element", using="css selector", value=css)
        return str(found[ELEMENT])

    def click(self, css: str) -> None:
        self.command("POST", f"/element/{self._element(css)}/click")

    def type(self, css: str, text: str) -> None:
        self.command("POST", f"/element/{self._element(css)}/value", text=text)

    def shown(self, css: str) -> str:
        """The text that can be seen, empty if the element is hidden."""
        return str(self.command("GET", f"/element/{self._element(css)}/text"))

    def visible(self, css: str) -> bool:
        return bool(self.command("GET", f"/element/{self._element(css)}/displayed"))

    def focused(self) -> str:
        return str(self.run("return document.activeElement.id"))

    def until(self, what: Callable[[], object]) -> None:
        """Waits until `what` holds."""
        last = time.monotonic() + PATIENCE_S
        while not what():
            said = self.run("return document.body.innerText")
            assert time.monotonic() < last, f"not in {PATIENCE_S:.0f} s; the page says: {said}"
            time.sleep(0.02)

    def complaints(self) -> list[str]:
        """What the browser wrote to its console since the last look, but for refusals by the API."""
        said = [str(entry["message"]) for entry in self.command("POST", "/se/log", type="browser")]
        return [one for one in said if "the server responded with a status of 4" not in one]


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in `folder`."""
    driver, browser = shutil.which("chromedriver"), shutil.which("chromium")
    if not (driver and browser):
        Needed.CHROMIUM.skip()
    port = free_port()
    process = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    options = {"binary": browser, "args": [*FLAGS, f"--user-data-dir={folder}"]}
    wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S, trust_env=False) as client:
            last = time.monotonic() + PATIENCE_S
            while True:
                try:
                    client.get("/status").raise_for_status()
                    break
                except httpx.HTTPError:
                    assert time.monotonic() < last, "chromedriver did not answer"
                    time.sleep(0.05)
            made = client.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
            assert made.is_success, made.text
            session = made.json()["value"]["sessionId"]
            try:
                yield Browser(client, session)
            finally:
                client.delete(f"/session/{session}")
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = str(tmp_path_factory.mktemp("data"))
    with serving("local", DATA_DIR=folder, RATE_LIMIT_SIGN_IN="1000") as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, app: str) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, app: str) -> Iterator[Browser]:
    """The page as somebody sees it who comes for the first time; it must not upset the browser."""
    browser.command("POST", "/url", url=app)
    browser.run("sessionStorage.clear()")
    browser.command("POST", "/refresh")
    browser.until(lambda: browser.visible("#door"))
    browser.complaints()
    yield browser
    assert browser.complaints() == []


def register(page: Browser, email: str) -> None:
    page.type("#email", email)
    page.type("#password", PASSWORD)
    page.click("#register")
    page.until(lambda: page.visible("#room"))


def ask(page: Browser, text: str) -> None:
    page.type("#text", text)
    page.click("#send")
    page.until(lambda: page.shown("#question") == text and page.run("return !document.querySelector('.waiting')"))


def test_somebody_registers_asks_and_is_answered_comes_back_and_leaves(page: Browser, tmp_path: Path) -> None:
    register(page, "ada@example.com")
    assert page.shown("#who") == "ada@example.com"
    assert page.focused() == "text"
    assert page.shown("#nothing") == "Nothing yet."

    question = "How many <b>words</b> are these?"
    ask(page, question)
    assert "words" in page.shown("#answer")
    assert page.run(ASKED_AGAIN) == 0, "the answer did not come by WebSocket"
    page.until(lambda: question in page.shown("#history"))
    assert page.run("return document.querySelectorAll('main b').length") == 0, "what was asked became markup"

    page.command("POST", "/refresh")
    page.until(lambda: page.visible("#room"))
    assert page.shown("#who") == "ada@example.com"
    assert question in page.shown("#history")
    ask(page, "A question after a reload")

    page.click("#leave")
    page.until(lambda: page.visible("#door"))
    assert page.focused() == "email"
    assert page.run("return [document.getElementById('history').innerHTML, sessionStorage.length]") == ["", 0]

    page.type("#email", "ada@example.com")
    page.type("#password", f"{PASSWORD}\ue007")  # Enter
    page.until(lambda: page.visible("#room"))
    assert question in page.shown("#history")
    page.complaints()


def test_what_one_user_asked_is_not_shown_to_the_next_in_the_same_tab(page: Browser) -> None:
    register(page, "emmy@example.com")
    ask(page, "A secret of mine")
    page.click("#leave")
    page.until(lambda: page.visible("#door"))
    register(page, "lise@example.com")
    page.until(lambda: page.visible("#nothing"))
    assert "secret" not in page.run("return document.body.innerText")


def test_a_recording_can_be_asked_about(page: Browser, tmp_path: Path) -> None:
    recording = tmp_path / "question.wav"
    with wave.open(str(recording), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16_000))
    register(page, "grace@example.com")
    page.type("#audio", str(recording))
    page.click("#send")
    page.until(lambda: page.shown("#question") == "(a recording)")
    page.until(lambda: page.run("return !document.querySelector('.waiting')"))
    assert page.shown("#trouble") == ""


def test_more_of_the_history_is_shown_when_asked_for(page: Browser, app: str) -> None:
    register(page, "joan@example.com")
    with httpx.Client(base_url=app, timeout=PATIENCE_S) as client:
        who = {"email": "joan@example.com", "password": PASSWORD}
        token = client.post("/api/auth/login", json=who).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        for number in range(23):
            client.post("/api/voice/process", json={"text": f"question {number}"}).raise_for_status()
    page.command("POST", "/refresh")
    page.until(lambda: page.visible("#more"))
    count = "return document.querySelectorAll('#history li').length"
    assert page.run(count) == 10
    page.click("#more")
    page.until(lambda: page.run(count) == 20)
    assert page.run("return [...document.querySelectorAll('#history li')].indexOf(document.activeElement)") == 10
    page.click("#more")
    page.until(lambda: page.run(count) == 23)
    assert not page.visible("#more")


def test_the_answer_comes_also_without_a_websocket(page: Browser) -> None:
    register(page, "mary@example.com")
    page.run("window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 })); } }")
    ask(page, "Does it come by asking again?")
    assert "Does it come" in page.shown("#answer")
    assert page.run(ASKED_AGAIN) > 0


def test_an_expired_access_token_is_renewed_once_for_all_who_need_it(page: Browser) -> None:
    register(page, "edith@example.com")
    calls = page.run(
        """
        const real = window.fetch, seen = [];
        window.fetch = (url, options = {}) => {
          const path = new URL(url, location.href).pathname;
          seen.push(path);
          const stale = seen.every((one) => one !== "/api/auth/refresh");
          if (stale) options.headers = { ...options.headers, authorization: "Bearer expired" };
          return real(url, options);
        };
        return import("./session.js").then(({ call }) =>
          Promise.all([1, 2, 3].map(() => call("GET", "/api/users/me")))).then((users) => [seen, users]);
        """
    )
    seen, users = calls
    assert seen.count("/api/auth/refresh") == 1
    assert {user["email"] for user in users} == {"edith@example.com"}


def test_a_session_that_was_ended_elsewhere_leads_to_the_door(page: Browser) -> None:
    register(page, "alan@example.com")
    page.run("sessionStorage.setItem('voicestack.refresh', 'x'.repeat(32) + '.' + 'y'.repeat(43))")
    page.command("POST", "/refresh")
    page.until(lambda: page.visible("#door"))
    assert "session has ended" in page.shown("#trouble")


@pytest.mark.parametrize(
    ("status", "headers", "body", "told"),
    [
        (429, {"retry-after": "12"}, {"detail": "too many"}, "Too many requests. Try again in 12 seconds."),
        (503, {}, {"detail": "It rests", "request_id": "r1"}, "It rests (request r1)"),
        (502, {}, None, "The server answered 502."),
        (422, {}, {"errors": [{"where": "body.text", "what": "string_too_long"}]}, "The text is too long."),
        (0, {}, None, "The server cannot be reached. Check the connection and try again."),
    ],
)
def test_trouble_is_told_in_plain_words_and_asking_again_is_not_asking_twice(
    page: Browser, status: int, headers: dict[str, str], body: object, told: str
) -> None:
    page.run(
        """
        const [status, headers, body] = arguments;
        window.keys = [];
        window.fetch = async (url, options) => {
          if (url === "/api/auth/login") return Response.json({ access_token: "a", refresh_token: "r" });
          if (url === "/api/users/me") return Response.json({ email: "me@example.com" });
          if (url.startsWith("/api/voice/history")) return Response.json({ items: [], next: null });
          window.keys.push(options.headers["idempotency-key"]);
          if (!status) throw new TypeError();
          return new Response(body && JSON.stringify(body), { status, headers });
        };
        """,
        status,
        headers,
        body,
    )
    page.type("#email", "me@example.com")
    page.type("#password", PASSWORD)
    page.click("#login")
    page.until(lambda: page.visible("#room"))
    page.type("#text", "Still here?")
    for _ in range(2):
        page.click("#send")
        page.until(lambda: page.shown("#trouble") == told)
        assert page.run("return document.getElementById('text').value") == "Still here?", "the question is lost"
    page.until(lambda: page.run("return window.keys.length") == 2)
    assert len(set(page.run("return window.keys"))) == 1


def test_a_wrong_password_is_told_and_the_field_can_be_corrected(page: Browser) -> None:
    page.type("#email", "nobody@example.com")
    page.type("#password", "not the password at all")
    page.click("#login")
    page.until(lambda: page.shown("#trouble") == "E-mail or password is wrong")
    assert page.visible("#door")


def test_the_headers_keep_a_script_out_that_somebody_smuggled_in(page: Browser) -> None:
    ran = page.run(
        "const script = document.createElement('script'); script.textContent = 'window.smuggled = true';"
        "document.body.append(script); return window.smuggled ?? null"
    )
    assert ran is None
    assert any("Content Security Policy" in one or "Content-Security" in one for one in page.complaints())
