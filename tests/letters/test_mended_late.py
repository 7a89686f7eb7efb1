"""Mending a letter that has left or was read: what happens is said, and nothing of the first one is lost."""

from typing import Any

import pytest
from django.test import Client

from kaimen.letters import actions, links
from kaimen.letters.actions.making import make_slice
from kaimen.letters.doors import letter_behind
from kaimen.letters.models import Mailing
from kaimen.letters.wording import happened
from tests.cast import MONDAY, World, signed_in
from tests.letters.cast import counts_agree, states, the
from tests.letters.test_scanned import posted

NEW = {"address": "示例新路 9 号"}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def mend(found: Mailing, park: World, by_sender: bool = True) -> None:
    actions.mend_letter(
        letter=the(found),
        changes=NEW,
        channel="",
        by=park.supervisor if by_sender else None,
        now=MONDAY,
        to_directory=False,
    )


@pytest.mark.parametrize("verb", ["deliver", "read", "reply"])
def test_who_has_theirs_gets_no_second_one(park: World, verb: str) -> None:
    found = posted(park)
    match verb:
        case "deliver":
            actions.move_letter(letter=the(found), verb="deliver", by=park.supervisor, now=MONDAY)
        case "read":
            actions.open_letter(letter=the(found), now=MONDAY)
        case "reply":
            actions.answer_letter(letter=the(found), number="KM-2026-00001", now=MONDAY)
    before = the(found)
    with pytest.raises(actions.NotNow, match="arrived"):
        mend(found, park)
    after = the(found)
    assert (after.address, after.state, after.pdf, after.round) == (
        before.address,
        before.state,
        before.pdf,
        1,
    )


def test_written_down_as_delivered_by_mistake_it_is_returned_first(park: World) -> None:
    found = posted(park)
    actions.move_letter(letter=the(found), verb="deliver", by=park.supervisor, now=MONDAY)
    actions.move_letter(letter=the(found), verb="return", reason="moved", by=park.supervisor, now=MONDAY)
    mend(found, park)
    assert (the(found).state, the(found).address) == ("waiting", NEW["address"])


@pytest.mark.parametrize("by_sender", [True, False])
def test_on_its_way_it_goes_a_second_time_and_the_first_stays_in_its_history(
    park: World, by_sender: bool
) -> None:
    found = posted(park)
    found.letters.filter(seq=1).update(posting_number="XA00000001631")
    door = links.token(the(found))
    mend(found, park, by_sender)
    make_slice(pk=found.pk, now=MONDAY)
    assert states(found) == ["made", "sent", "sent"] and counts_agree(found)
    assert (the(found).round, the(found).posting_number) == (2, "")
    told = [happened(event) for event in the(found).events.order_by("pk")]
    assert any("重新做" in words and "XA00000001631" in words for words in told)
    assert any("收信人自己" in words for words in told) is not by_sender
    behind = letter_behind(door)  # the first copy, in somebody's hands, still opens the same door
    assert behind is not None and behind.pk == the(found).pk


def test_the_page_says_beforehand_what_mending_does(park: World, client: Client) -> None:
    found = posted(park)
    sender, path = signed_in(client, park.supervisor), f"/letters/one/{the(found).pk}"
    page = sender.get(path).content.decode()
    assert "已经送出去了，收不回来" in page and f"{path}/mend" in page
    form = {"name": "示例主席1", "channel": "print", **NEW}
    after = sender.post(f"{path}/mend", form, follow=True).content.decode()
    assert "上一封已经在路上" in after and the(found).round == 2
    actions.open_letter(letter=the(found, 2), now=MONDAY)
    path = f"/letters/one/{the(found, 2).pk}"
    page = sender.get(path).content.decode()
    assert "他已经收到了" in page and f"{path}/mend" not in page
    refused = sender.post(f"{path}/mend", form, follow=True).content.decode()
    assert "不用再做" in refused and the(found, 2).round == 1
