"""The address of a robot is judged, and what was judged is what is connected to."""

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kaimen.foundation.robots import check_robot_address, post_to_robot
from tests.foundation.servers import Gateway

OUTSIDE = "93.184.215.14"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://10.0.0.8/hook",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.8]/x",
        "https://169.254.169.254/",
        "https://2130706433/",
        "http://example.org/hook",
        "file:///etc/passwd",
    ],
)
def test_in_production_it_cannot_reach_our_own_network(settings: Any, url: str) -> None:
    settings.DEMO = False
    with pytest.raises(OSError, match="robot address"):
        check_robot_address(url)


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that answers in turn, the last one for ever; what it was asked."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host[0].isdigit():  # a number stands for itself
            found = [host]
        else:
            asked.append(host)
            found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def ways_out(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Nobody gets out of here; where they wanted to go."""
    wanted: list[Any] = []

    def refuse(address: Any, *args: Any, **kwargs: Any) -> None:
        wanted.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return wanted


def test_a_name_that_answers_differently_the_second_time_leads_nowhere(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    asked, wanted = names(monkeypatch, [OUTSIDE], ["127.0.0.1"]), ways_out(monkeypatch)
    with pytest.raises(ConnectionRefusedError):
        post_to_robot("https://robot.example/hook", "…")
    assert asked == ["robot.example"] and wanted == [(OUTSIDE, 443)]


def test_one_address_inside_among_several_is_refused(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    names(monkeypatch, [OUTSIDE, "10.0.0.8"])
    wanted = ways_out(monkeypatch)
    with pytest.raises(OSError, match="robot address"):
        post_to_robot("https://robot.example/hook", "…")
    assert wanted == []


def test_who_does_not_answer_at_one_address_is_tried_at_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with Gateway((200, '{"errcode": 0}')).open() as gateway:
        url = gateway.url.replace("127.0.0.1", "robot.example")
        names(monkeypatch, ["127.0.0.2", "127.0.0.1"])  # the gateway listens at the second one only
        post_to_robot(f"{url}?access_token=1", "有新的交办")
    path, headers, body = gateway.heard[0]
    assert path == "/hook?access_token=1" and headers["Host"].startswith("robot.example:")
    assert json.loads(body)["text"]["content"] == "有新的交办"


def certificate(folder: Path, name: str) -> Path:
    """A certificate for `name` that says so itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )
    return path


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Gateway, list[str]]]:
    """A robot behind TLS as robot.example, trusted here, and the names that callers asked for (SNI)."""
    path = certificate(tmp_path, "robot.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    gateway, asked = Gateway((200, '{"errcode": 0}')), list[str]()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.sni_callback = lambda line, name, context: asked.append(name)
    gateway.server.socket = context.wrap_socket(gateway.server.socket, server_side=True)
    gateway.server.handle_error = lambda request, address: None  # type: ignore[method-assign]  # callers who hang up
    with gateway.open():
        yield gateway, asked


def test_behind_the_number_the_name_is_still_asked_for(
    shown: tuple[Gateway, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, asked = shown
    names(monkeypatch, ["127.0.0.1"])
    post_to_robot(f"https://robot.example:{gateway.server.server_port}/hook", "有新的交办")
    assert asked == ["robot.example"]
    assert gateway.heard[0][1]["Host"] == f"robot.example:{gateway.server.server_port}"


def test_a_certificate_of_another_name_is_not_believed(
    shown: tuple[Gateway, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, _ = shown
    names(monkeypatch, ["127.0.0.1"])
    with pytest.raises(ssl.SSLCertVerificationError):
        post_to_robot(f"https://other.example:{gateway.server.server_port}/hook", "…")
    assert not gateway.heard
