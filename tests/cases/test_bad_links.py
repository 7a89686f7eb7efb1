"""Links that were guessed, cut off, replaced: they open nothing, tell nothing, and do nothing."""

import pytest
from django.test import Client

from kaimen.cases import links
from kaimen.cases.enums import CaseState
from kaimen.cases.models import Rating
from kaimen.cases.views import common
from tests.cases.cast import World
from tests.cases.stages import case_in
from tests.cast import at

pytestmark = pytest.mark.django_db
RATE = {"score": "1", "solved": "no", "comment": "一直没人来"}


def test_a_replaced_link_can_neither_read_nor_do(park: World) -> None:
    case = case_in(park, CaseState.ANSWERED)
    old = links.track_path(case)
    assert "停车位太少" in Client().get(old).content.decode()
    Client().post(f"{old}/do/revoke")
    new = links.track_path(park.fresh(case))
    for address in (old, f"{old}/print"):
        gone = Client().get(address)
        assert gone.status_code == 404
        assert "停车位太少" not in gone.content.decode() and case.number not in gone.content.decode()
    for verb in ("rate", "reopen", "revoke", "supply", "appeal"):
        assert (
            Client().post(f"{old}/do/{verb}", RATE | {"reason": "没办好", "text": "补充"}).status_code == 404
        )
    assert not Rating.objects.exists()
    assert links.track_path(park.fresh(case)) == new
    assert Client().post(f"{new}/do/rate", RATE).status_code == 302


def test_a_link_that_is_nearly_right_is_wrong(park: World) -> None:
    token = links.track_token(park.case())
    near = [
        token[:-1],
        token[1:],
        token + "A",
        token.swapcase(),
        f"{token[:-1]}\u202e",
        f" {token}",
        "",
        "x" * 5000,
    ]
    for guess in near:
        assert Client().get(f"/t/{guess}").status_code == 404


def test_who_guesses_is_stopped_and_a_true_link_behind_the_same_address_still_opens(
    park: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole factory may share one address."""
    monkeypatch.setattr(common, "GUESSES", 3)
    mine = links.track_path(park.case())
    statuses = [Client().get(f"/t/guess{n}").status_code for n in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
    assert Client().get(mine).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.9").get("/t/guess").status_code == 404


def test_a_promise_into_a_year_not_announced_yet_says_so(park: World) -> None:
    """The notice for 2028 appears in the autumn of 2027; a promise made at its end must not wait for it."""
    told = "放假安排还没公布"
    into_2028 = Client().get(links.track_path(park.case(now=at("2027-12-28")))).content.decode()
    within_2026 = Client().get(links.track_path(park.case())).content.decode()
    assert told in into_2028 and told not in within_2026
    assert "2028" in into_2028 or "1月" in into_2028
