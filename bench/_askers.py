"""People who say something over HTTP and, told to wait, send the same form again: what each was promised is kept."""

import http.client
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

WORDS = (
    "东门早上没地方停车",
    "宿舍热水总是不够",
    "孩子明年上小学怎么报名",
    "食堂周末不开门",
    "工资条看不懂想问问",
)
AGAIN = 0.3  # seconds until the form is sent again
PAUSE = 0.02  # between two needs of one person, so that the load leaves the machine some air


@dataclass
class Need:
    """One need: when it was first sent, when a tracking link came back, and what was seen in between."""

    key: str
    sent: float
    acknowledged: float = 0.0
    token: str = ""
    refused: list[str] = field(default_factory=list)


class Askers:
    """`count` people, each knocking at one of the web servers in turn, until told to stop."""

    def __init__(self, ports: list[int], count: int) -> None:
        self.ports = ports
        self.needs: list[Need] = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(n,), daemon=True) for n in range(count)]

    def __enter__(self) -> "Askers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *nothing: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def acknowledged(self) -> list[Need]:
        return [need for need in list(self.needs) if need.acknowledged]

    def _ask(self, number: int) -> None:
        turn = number
        while not self.stopping.is_set():
            turn += 1
            need = Need(key=secrets.token_urlsafe(18), sent=time.monotonic())
            self.needs.append(need)
            while not need.acknowledged and not (self.stopping.is_set() and need.refused):
                try:
                    self._send(need, self.ports[turn % len(self.ports)])
                except (OSError, http.client.HTTPException) as error:
                    need.refused.append(type(error).__name__)
                if not need.acknowledged:
                    turn += 1
                    time.sleep(AGAIN)
            time.sleep(PAUSE)

    def _send(self, need: Need, port: int) -> None:
        """The form as a phone without JavaScript sends it."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
        token = "c" * 32
        form = {"csrfmiddlewaretoken": token, "key": need.key, "words": WORDS[hash(need.key) % len(WORDS)]}
        form["consent"] = "on"
        host = ".".join(str(secrets.randbelow(250) + 1) for _ in range(3))
        connection.request(
            "POST",
            "/say/confirm",
            urlencode(form),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"csrftoken={token}",
                "Referer": "https://127.0.0.1/say",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": f"198.{host}",
            },
        )
        answer = connection.getresponse()
        page = answer.read().decode("utf-8", "replace")
        connection.close()
        if answer.status == 302:
            need.acknowledged = time.monotonic()
            need.token = answer.headers["Location"].rsplit("/", 1)[-1]
            return
        kept = f'name="key" value="{need.key}"' in page and bool(
            re.search("<textarea[^>]*>.+</textarea>", page)
        )
        need.refused.append(f"{answer.status}{' with the words kept' if kept else ''}")


class Watcher(threading.Thread):
    """Asks /healthz and /readyz of one web server twice a second and keeps what they said."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.stopping = threading.Event()
        self.alive: list[float] = []
        self.reasons: list[str] = []

    def run(self) -> None:
        while not self.stopping.wait(0.5):
            started = time.monotonic()
            try:
                self._get("/healthz")
                self.alive.append(time.monotonic() - started)
                self.reasons.append(self._get("/readyz?exclude=worker&exclude=calendar"))
            except (OSError, http.client.HTTPException) as error:
                self.reasons.append(type(error).__name__)

    def _get(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        connection.request("GET", path, headers={"X-Forwarded-Proto": "https"})
        text = connection.getresponse().read().decode()
        connection.close()
        return text
