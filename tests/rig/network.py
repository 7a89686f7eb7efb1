"""No test talks to the outside: what it found there today may be gone tomorrow."""

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class OutsideRequest(RuntimeError):
    """A test tried to reach another machine."""


def loopback_only() -> None:
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign]


def is_loopback(address: Any) -> bool:
    """Unix sockets and 127.0.0.0/8, ::1, localhost; every other host is outside."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_outside(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_outside(self, address)
    return _connect_ex(self, address)


def _refuse_outside(self: socket.socket, address: Any) -> None:
    # A datagram socket that "connects" sends nothing: it only asks which way a packet would go.
    if self.type != socket.SOCK_DGRAM and not is_loopback(address):
        raise OutsideRequest(f"a test tried to reach {address!r}; only loopback is allowed")
