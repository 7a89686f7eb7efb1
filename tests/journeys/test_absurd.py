"""Absurd words and names on a phone: nothing sticks out, nothing runs, nothing turns the line about."""

from typing import Any

from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.models import Case
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Place
from kaimen.foundation.organisations import add_organisation
from kaimen.hotspots.actions import gather_issues
from kaimen.hotspots.models import HotIssue
from kaimen.intake.actions import make_form_link

from .cast import Lingfeng, fits, open_track, shown, sign_in

PLACE, FIRM = "W" * 80, f"{'超长名称' * 18}有限公司（示例）"
WORDS = {
    "one line of five hundred": f"停车难{'W' * 500}",
    "a script": "停车难<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\"><b>",
    "turned about": "停车难\u202egpj.exe\u2066",
    "emoji": "停车难" + "🚗👨‍👩‍👧‍👦" * 60,
    "names": f"{PLACE}旁边、{FIRM}门口停车难",
}


def looked_at(page: Any, address: str) -> str:
    page.goto(address)
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true }")
    assert fits(page), address
    assert page.title() != "taken", address
    said = shown(page)
    assert not {"\u202e", "\u2066"} & set(said), address
    return said


def through_the_door(phone: Any, address: str, words: str) -> None:
    looked_at(phone, address)
    phone.locator("textarea[name=words]").fill(words)
    phone.locator("form:has(textarea[name=words]) button").last.click()
    phone.wait_for_url("**/t/*")


def test_absurd_words_and_names_break_no_page(lingfeng: Lingfeng, phone: Any) -> None:
    """Some fifteen pages are drawn by a real browser."""
    community, officer, now = lingfeng.community, lingfeng.officer, timezone.now()
    place = Place.objects.create(community=community, key="wide", name=PLACE)
    firm = add_organisation(
        key="wide", name=FIRM, kind=OrganisationKind.ENTERPRISE, parent=community, by=None
    )
    link = make_form_link(
        community=community, name=PLACE, question="W" * 120, by=officer, place=place, enterprise=firm
    )
    for n, words in enumerate(WORDS.values()):
        through_the_door(phone, "/say" if n % 2 else f"/f/{link.token}", words)
    Case.objects.update(owner=officer)
    found = list(Case.objects.order_by("pk"))
    assert len(found) == len(WORDS)
    actions.answer_case(case=found[0], text="W" * 500, by=officer, now=now)
    for case in found:
        open_track(phone, case)
        assert case.words in looked_at(phone, phone.url)
    gather_issues(community=community, now=now)
    sign_in(phone, officer)
    named = looked_at(phone, f"/desk/{lingfeng.knock(WORDS['names']).number}")
    assert FIRM in named and "记成这家的事" in named
    issue = HotIssue.objects.order_by("-heat")[0]
    for address in ("/desk/?whose=all", f"/desk/{found[0].number}", "/hot/", f"/hot/{issue.pk}", "/forms/"):
        assert "W" * 30 in looked_at(phone, address), address
    for address in ("/board/", "/board/hot"):
        looked_at(phone, address)
