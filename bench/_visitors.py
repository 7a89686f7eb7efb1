"""The people at the door: sends what their browsers send, over kept connections, and counts.

A process of its own with nothing but the standard library, because it shares the machine with what it measures: every
request is put together before the clock starts; while it runs only bytes are sent and read. Reads one JSON object from
stdin, writes one to stdout.
"""

import json
import os
import random
import re
import selectors
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

HOST = "door.example"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')
BROWSER = (
    "Connection: keep-alive\r\n"
    'sec-ch-ua: "Chromium";v="124", "Android WebView";v="124"\r\nsec-ch-ua-mobile: ?1\r\n'
    'sec-ch-ua-platform: "Android"\r\nUpgrade-Insecure-Requests: 1\r\n'
    "User-Agent: Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/124.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: zh-CN,zh;q=0.9,en-US;q=0.7,en;q=0.6\r\n"
)


class Line:
    """One kept connection with a request on its way and the bytes of its answer so far."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started = 0.0
        self.number = -1
        self.buffer = b""

    def send(self, number: int, request: bytes) -> None:
        self.number, self.buffer, self.started = number, b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[bytes, bytes] | None:
        """Head and body once the answer is whole; raises ConnectionError when the other side has gone."""
        got = self.socket.recv(262_144)
        if not got:
            raise ConnectionError("closed")
        self.buffer += got
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:")
        if at < 0:
            if b"chunked" in head:
                return (self.buffer[:end], self.buffer[end + 4 :]) if got.endswith(b"0\r\n\r\n") else None
            return self.buffer[:end], b""
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        return (self.buffer[:end], self.buffer[end + 4 :]) if len(self.buffer) >= end + 4 + length else None


def run(port: int, clients: int, requests: list[bytes]) -> tuple[float, list[tuple[float, int, str, str]]]:
    """Closed loop: each client sends its next request when its answer is there. Per request: ms, status, location."""
    done: list[tuple[float, int, str, str]] = [(0.0, 0, "", "")] * len(requests)
    waiting = selectors.DefaultSelector()
    left = iter(enumerate(requests))
    begun = time.perf_counter()
    open_lines = 0
    for _ in range(clients):
        line = Line(port)
        number, request = next(left, (-1, b""))
        if number >= 0:
            line.send(number, request)
            waiting.register(line.socket, selectors.EVENT_READ, line)
            open_lines += 1
    while open_lines:
        for key, _events in waiting.select():
            line = key.data
            try:
                answer = line.receive()
            except OSError as error:
                done[line.number] = (1000 * (time.perf_counter() - line.started), 0, "", repr(error))
                waiting.unregister(line.socket)
                line.socket.close()
                line = Line(port)
                waiting.register(line.socket, selectors.EVENT_READ, line)
            else:
                if answer is None:
                    continue
                done[line.number] = (1000 * (time.perf_counter() - line.started), *_read(*answer))
                if (
                    b"\r\nconnection: close" in answer[0].lower()
                ):  # as browsers do: a new line for the next request
                    waiting.unregister(line.socket)
                    line.socket.close()
                    line = Line(port)
                    waiting.register(line.socket, selectors.EVENT_READ, line)
            number, request = next(left, (-1, b""))
            if number >= 0:
                line.send(number, request)
            else:
                waiting.unregister(line.socket)
                line.socket.close()
                open_lines -= 1
    return time.perf_counter() - begun, done


def _read(head: bytes, body: bytes) -> tuple[int, str, str]:
    status = int(head[9:12])
    at = head.lower().find(b"\r\nlocation:")
    location = head[at + 11 :].split(b"\r\n", 1)[0].decode().strip() if at >= 0 else ""
    return status, location, "" if status in (200, 302) else body[:4000].decode("utf-8", "replace")


def get(path: str, address: str, cookies: str = "") -> bytes:
    cookie = f"Cookie: {cookies}\r\n" if cookies else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{BROWSER}{cookie}"
        f"X-Forwarded-For: {address}\r\nX-Forwarded-Proto: https\r\n\r\n"
    ).encode()


def visitors(port: int, number: int) -> list[dict[str, str]]:
    """Each opens the page once, from an address of its own, and keeps its cookies: as phones do."""
    line, found = Line(port), []
    for n in range(number):
        address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        line.send(n, get("/say", address))
        answer = None
        while answer is None:
            answer = line.receive()
        head, body = answer[0].decode(), answer[1].decode()
        cookies = dict(re.findall(r"[Ss]et-[Cc]ookie:\s*([^=\s]+)=([^;]+)", head))
        token = CSRF.search(body)
        if token is None or "device" not in cookies:
            raise SystemExit(f"the page of the door is not as expected: {head}\n{body[:2000]}")
        kept = "; ".join(f"{name}={value}" for name, value in cookies.items())
        found.append({"address": address, "cookies": kept, "token": token[1], "phone": f"138{n:08d}"})
    line.socket.close()
    return found


def post(visitor: dict[str, str], need: dict[str, str], key: str) -> bytes:
    """The form as a browser sends it, through the proxy in front."""
    told = need["with_phone"]
    fields = [("csrfmiddlewaretoken", visitor["token"]), ("key", key), ("words", need["words"])]
    if need["service"]:  # the suggestions came before the button was pressed, and one of them was it
        fields += [("picked", need["service"]), ("service", need["service"]), ("join", "")]
    fields += [("place", need["place"]), ("place_text", ""), ("name", "示例工友" if told else "")]
    fields += [("phone", visitor["phone"] if told else "")] + ([("consent", "on")] if told else [])
    body = urlencode(fields).encode()  # as the page's script has it sent when there is no photo
    head = (
        f"POST /say/confirm HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\nCache-Control: max-age=0\r\n"
        f"Origin: https://{HOST}\r\nReferer: https://{HOST}/say\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n{BROWSER}Cookie: {visitor['cookies']}\r\n"
        f"X-Forwarded-For: {visitor['address']}\r\nX-Forwarded-Proto: https\r\n\r\n"
    )
    return head.encode() + body


def suggest(visitor: dict[str, str], words: str) -> bytes:
    body = urlencode({"csrfmiddlewaretoken": visitor["token"], "words": words}).encode()
    head = (
        f"POST /say/suggest HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
        f"Origin: https://{HOST}\r\nReferer: https://{HOST}/say\r\nHX-Request: true\r\nHX-Trigger-Name: words\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n{BROWSER}Cookie: {visitor['cookies']}\r\n"
        f"X-Forwarded-For: {visitor['address']}\r\nX-Forwarded-Proto: https\r\n\r\n"
    )
    return head.encode() + body


def used(server: int) -> float:
    """Seconds of processor time that the server and its workers have used; 0 where /proc does not tell."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # gone meanwhile
        if server in (int(stat.parent.name), int(told[1])):
            ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    asked = json.load(sys.stdin)
    port, clients, rng = asked["port"], asked["clients"], random.Random(7)
    if asked["what"] == "pages":
        requests = [get(page["path"], "10.9.9.9", page["cookies"]) for page in asked["pages"]]
    elif asked["what"] == "suggest":
        people = visitors(port, 8)
        requests = [suggest(rng.choice(people), words) for words in asked["words"]]
    else:
        people = visitors(port, len(asked["needs"]) // asked["each"] + 1)
        keys = [f"{rng.getrandbits(144):036x}"[:24] for _ in asked["needs"]]
        requests = [post(people[n // asked["each"]], need, keys[n]) for n, need in enumerate(asked["needs"])]
        rng.shuffle(requests)
        first = asked["warm_up"]
        run(port, clients, requests[:first])
        requests = requests[first:]
    ours, theirs = time.process_time(), used(asked["server"])
    seconds, done = run(port, clients, requests)
    ours, theirs = time.process_time() - ours, used(asked["server"]) - theirs
    print(json.dumps({"seconds": seconds, "cpu": ours, "server_cpu": theirs, "done": done}))


if __name__ == "__main__":
    main()
