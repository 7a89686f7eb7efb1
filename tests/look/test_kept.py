"""Written for longer than the page or the session lasted: nothing is sent, and nothing typed is lost."""

import re
from html import unescape

from django.contrib.sessions.models import Session
from django.test import Client

from kaimen.cases.models import Answer
from tests.cast import World, signed_in

LONG = "划了 20 个车位，明天起可以停。" * 60
OURS = {"HTTP_ORIGIN": "http://testserver"}


def fields(page: str) -> dict[str, str]:
    """What the browser would send from the form that holds what was typed."""
    form = re.search(r'<form method="post" action="([^"]+)" enctype.*?</form>', page, re.S)
    assert form, "no form with what was typed"
    sent = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[0])}
    texts = re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form[0], re.S)
    return sent | {name: unescape(text) for name, text in texts} | {"action": unescape(form[1])}


def test_an_officer_signed_out_while_writing_sends_it_after_signing_in(park: World) -> None:
    """The words travel over the end of one session and the stale token of the next."""
    case = park.case()
    client = Client(enforce_csrf_checks=True)
    signed_in(client, park.officer)
    token = str(client.get(f"/desk/{case.number}").context["csrf_token"])
    Session.objects.all().delete()
    where, written = f"/desk/{case.number}/do/answer", {"text": LONG, "seen": case.state}

    refused = client.post(where, written | {"csrfmiddlewaretoken": token}, **OURS)
    assert refused.status_code == 403
    assert "登录过期了，写的都在" in refused.content.decode()
    kept = fields(refused.content.decode())
    assert (kept["text"], kept.pop("action")) == (LONG, where)

    signed_in(client, park.officer)  # in another window
    client.cookies["csrftoken"] = "y" * 32  # signing in gives out a new token
    stale = client.post(where, kept, **OURS)
    assert stale.status_code == 403
    kept = fields(stale.content.decode())
    assert (kept["text"], kept.pop("action")) == (LONG, where)
    assert client.post(where, kept, **OURS).status_code == 302
    assert Answer.objects.get().text == LONG


def test_a_worker_whose_page_was_open_too_long_presses_once_more(park: World) -> None:
    client = Client(enforce_csrf_checks=True)
    form = {"key": "k" * 24, "words": "东门早上没地方停车", "csrfmiddlewaretoken": "x" * 64}
    stale = client.post("/say/confirm", form, **OURS)
    assert stale.status_code == 403 and "您写的都在下面" in stale.content.decode()
    kept = fields(stale.content.decode())
    assert (kept["words"], kept["key"]) == (form["words"], form["key"])
    again = client.post("/say/confirm", {n: v for n, v in kept.items() if n != "action"}, **OURS)
    assert again.status_code == 302 and again["Location"].startswith("/t/")


def test_a_form_from_another_site_is_not_handed_back(park: World) -> None:
    """One press on a page of ours would otherwise do what that site wants."""
    client = Client(enforce_csrf_checks=True)
    signed_in(client, park.officer)
    for told in ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {}):
        answer = client.post("/desk/views", {"name": "别人写的", "query": "state=closed"}, **told)
        assert answer.status_code == 403
        assert "别人写的" not in answer.content.decode()


def test_a_password_is_never_handed_back(park: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/in/staff", {"login": "示例 王", "password": "secret-of-mine"}, **OURS)
    assert answer.status_code == 403
    assert "secret-of-mine" not in answer.content.decode()
