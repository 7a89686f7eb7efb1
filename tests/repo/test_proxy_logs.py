"""Secret links stay out of the logs of both proxies that docs/deploy shows, whichever links there are."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy"
SECRETS = {"token", "signed"}  # as the addresses call what opens them
PUBLIC = {"form_page"}  # its code hangs on a wall
SECRET = "Secret-0123456789"


def caddy(address: str) -> str:
    pattern = re.search(r'request>uri regexp "(.+?)"', (DEPLOY / "Caddyfile").read_text("utf-8"))
    assert pattern
    return re.sub(pattern[1], r"\1-", address)


def nginx(address: str) -> str:
    pattern = re.search(r"~(\^\(\?<kaimen_head>.+?\)) \$", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert pattern
    found = re.match(pattern[1].replace("(?<", "(?P<"), address)
    return f"{found['kaimen_head']}-" if found else address


def routes(resolver: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address with a secret in it."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        elif SECRETS & one.pattern.regex.groupindex.keys() and one.name not in PUBLIC:
            yield one.name, route


def address_of(route: str) -> str:
    filled = re.sub(r"<\w+:(?:token|signed)>|\(\?P<token>.+$", SECRET, route.replace("^", ""))
    return "/" + re.sub(r"<[^>]+>", "x", filled)


@pytest.mark.parametrize("clean", [caddy, nginx])
def test_a_secret_link_stands_in_no_log(clean: Any) -> None:
    found = [(name, address_of(route)) for name, route in routes(get_resolver())]
    assert {"track", "letter_door", "due_ics", "file", "open311_token"} <= {name for name, _ in found}
    assert [name for name, address in found if SECRET in clean(address)] == []
    assert clean("/board/") == "/board/"
