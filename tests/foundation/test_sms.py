import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from kaimen.foundation import sms


class Gateway(BaseHTTPRequestHandler):
    heard: list[tuple[str, dict[str, Any]]] = []
    answer = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.headers["Authorization"], json.loads(body)))
        self.send_response(self.answer)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def gateway(settings: Any) -> Iterator[type[Gateway]]:
    Gateway.heard, Gateway.answer = [], 200
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Webhook"
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_TOKEN = "secret"
    yield Gateway
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_gateway_gets_phone_text_and_token(gateway: type[Gateway]) -> None:
    assert sms.send("13800000001", "您的验证码是 123456") == ""
    assert gateway.heard == [("Bearer secret", {"phone": "13800000001", "text": "您的验证码是 123456"})]


@pytest.mark.parametrize("answer", [302, 403, 500])
def test_anything_but_2xx_is_refused_and_no_redirect_followed(gateway: type[Gateway], answer: int) -> None:
    gateway.answer = answer
    with pytest.raises(sms.NotSent) as refused:
        sms.send("13800000001", "x")
    assert refused.value.code == "refused"
    assert len(gateway.heard) == 1


def test_a_gateway_that_is_down_is_unreachable(settings: Any) -> None:
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Webhook"
    settings.SMS_URL, settings.SMS_TOKEN = "http://127.0.0.1:9/", ""
    with pytest.raises(sms.NotSent) as refused:
        sms.send("13800000001", "x")
    assert refused.value.code == "unreachable"


@pytest.mark.parametrize("url", ["", "file:///etc/passwd"])
def test_without_an_http_address_nothing_is_sent(settings: Any, url: str) -> None:
    settings.SMS_ADAPTER, settings.SMS_URL = "kaimen.foundation.sms.Webhook", url
    with pytest.raises(sms.NotSent):
        sms.send("13800000001", "x")


def test_the_screen_shows_messages_in_the_demo_only(settings: Any) -> None:
    settings.SMS_ADAPTER, settings.DEMO = "kaimen.foundation.sms.Screen", True
    assert sms.send("13800000001", "hello") == "hello"
    settings.DEMO = False
    with pytest.raises(sms.NotSent):
        sms.send("13800000001", "hello")
