"""What every page shares: errors in kind words, large letters, languages."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.django_db
def test_an_unknown_address_is_told_kindly(client: Client) -> None:
    answer = client.get("/no-such-door", headers={"accept-language": "zh-hans"})
    assert answer.status_code == 404
    assert "这里没有门" in answer.content.decode()
    assert not INLINE.search(answer.content.decode())


def test_the_page_of_our_own_fault_needs_nothing_to_work() -> None:
    shown = render_to_string("500.html")
    assert "门卡住了" in shown
    assert not INLINE.search(shown)


@pytest.mark.django_db
def test_a_page_left_open_too_long_changes_nothing_and_says_so() -> None:
    answer = Client(enforce_csrf_checks=True).post("/look/elder", {"elder": "1"})
    assert answer.status_code == 403
    assert "elder" not in answer.cookies
    assert "什么也没有改动" in answer.content.decode()


@pytest.mark.django_db
def test_large_letters_stay_until_turned_off(client: Client) -> None:
    answer = client.post("/look/elder", {"elder": "1", "next": "/board/how"})
    assert answer["Location"] == "/board/how"
    assert re.search(r'<html[^>]* class="[^"]*elder', client.get("/board/how").content.decode())
    client.post("/look/elder", {"elder": "0", "next": "/"})
    assert not re.search(r'<html[^>]* class="[^"]*elder', client.get("/board/how").content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(client: Client, goal: str) -> None:
    assert client.post("/look/elder", {"elder": "1", "next": goal})["Location"] == "/"
