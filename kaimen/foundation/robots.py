"""Robots of group chats (DingTalk, WeCom): a manager names the address, this machine connects to it.

So the address is judged, and what was judged is what is connected to: the name is looked up once. Looked up a second
time for the connection, a name server could answer with another address, one inside this network (DNS rebinding).
"""

import ipaddress
import json
import socket
import ssl
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT = 5
MOST = 10_000  # bytes of an answer that are read


class RobotRefused(OSError):
    """The robot answered with another status than 200; `code` is that status. A redirect is one: it is not followed."""

    def __init__(self, status: int) -> None:
        super().__init__(f"robot answered {status}")
        self.code = str(status)


def post_to_robot(url: str, text: str) -> None:
    """Both kinds take {"msgtype": "text", "text": {"content": …}}. Raises OSError, HTTPException or ValueError.

    Connects directly, never through a proxy of the environment, which would look the name up for itself.
    """
    parts = _parts(url)
    addresses = _addresses(parts)
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(_connected(parts, addresses)) as connection:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        with connection.getresponse() as answer:
            said = answer.read(MOST)
    if answer.status != 200:
        raise RobotRefused(answer.status)
    reply = json.loads(said or b"{}")
    if reply.get("errcode", 0) != 0:
        raise OSError(f"robot refused: {reply['errcode']}")


def check_robot_address(url: str) -> None:
    """A robot lives outside: an address inside this machine or network would let a manager reach our own services.

    Raises OSError. In the demo and in tests loopback is allowed, and no name is looked up: there may be no network.
    """
    parts = _parts(url)
    if not settings.DEMO:
        _addresses(parts)


def _parts(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise OSError("robot address: https only")
    if parts.scheme != "https" and not settings.DEMO:
        raise OSError("robot address: https only")
    return parts


def _addresses(parts: SplitResult) -> list[str]:
    """The numbers that the name stands for at this moment: all of them are outside."""
    found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    if not settings.DEMO and not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise OSError("robot address: inside")
    return addresses


def _connected(parts: SplitResult, addresses: list[str]) -> HTTPConnection:
    """Connected to the first address that answers; certificate, SNI and Host are those of the name."""
    name, port, problem = str(parts.hostname), _port(parts), OSError("robot address: no such name")
    for address in addresses:
        try:
            line = socket.create_connection((address, port), timeout=TIMEOUT)
        except OSError as error:
            problem = error
            continue
        if parts.scheme == "http":
            connection = HTTPConnection(name, port, timeout=TIMEOUT)
        else:
            connection = HTTPSConnection(name, port, timeout=TIMEOUT)
            line = ssl.create_default_context().wrap_socket(
                line, server_hostname=name
            )  # closes it where it fails
        connection.sock = line
        return connection
    raise problem


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
