"""Paper in batches, numbers scanned, letters returned and mended, until every one is received."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kaimen.cases.views import common
from kaimen.letters import actions, files, links
from kaimen.letters.actions.making import make_slice
from kaimen.letters.actions.moving import add_counts, move_all, recount
from kaimen.letters.actions.printing import in_postal_order, make_batch
from kaimen.letters.enums import LETTER_TRANSITIONS, LetterState
from kaimen.letters.models import Letter, MailingCount
from kaimen.letters.recipients import of_person
from kaimen.logic.posting import pairs, scanned
from tests.cast import MONDAY, World
from tests.letters.cast import chairs, counts_agree, made, sent, states, the


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def posted(park: World, n: int = 3) -> Any:
    found = sent(park, chairs(n), ("print",))
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    make_batch(pk=batch.pk)
    batch.refresh_from_db()
    actions.post_batch(batch=batch, by=park.supervisor, now=MONDAY)
    found.refresh_from_db()
    return found


def scan(found: Any, park: World, codes: str, verb: str = "deliver", reason: str = "") -> Any:
    return actions.take_scans(
        mailing=found, codes=scanned(codes), verb=verb, reason=reason, by=park.supervisor, now=MONDAY
    )


def test_a_batch_is_one_file_in_postal_order(park: World) -> None:
    found = sent(
        park, [*chairs(1, postcode="315900"), *chairs(3, postcode="315100", email="")[1:]], ("print",)
    )
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    assert actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY).pk == batch.pk
    assert make_batch(pk=batch.pk) and not make_batch(pk=batch.pk)
    batch.refresh_from_db()
    assert files.read(batch.print_file).startswith(b"%PDF") and files.read(batch.label_file).startswith(
        b"%PDF"
    )
    assert [one.seq for one in in_postal_order(batch)] == [2, 3, 1]
    with pytest.raises(actions.NotNow, match="nothing_to_print"):
        actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)


def test_posted_twice_is_sent_once(park: World) -> None:
    found = posted(park)
    assert states(found) == ["sent"] * 3
    assert actions.post_batch(batch=found.batches.get(), by=park.supervisor, now=MONDAY) == 0


def test_numbers_of_the_post_are_matched(park: World) -> None:
    found = posted(park)
    rows = [
        [f"{found.pk}-0001", "RA1"],
        [f"{found.pk}-0002", "RA0002"],
        [f"{found.pk + 1}-0001", "RA0003"],
        [f"{found.pk}-0099", "RA0004"],
    ]
    rows[0][1] = "RA0001"
    count, strangers = actions.take_numbers(mailing=found, pairs=pairs(rows)[0], by=park.supervisor)
    assert count == 2 and strangers == [f"{found.pk + 1}-0001", f"{found.pk}-0099"]
    swapped = [[f"{found.pk}-0001", "RA0002"], [f"{found.pk}-0002", "RA0001"]]
    assert actions.take_numbers(mailing=found, pairs=pairs(swapped)[0], by=park.supervisor)[0] == 2
    taken = [[f"{found.pk}-0003", "RA0001"]]
    assert actions.take_numbers(mailing=found, pairs=pairs(taken)[0], by=park.supervisor) == (0, ["RA0001"])
    outcome = scan(found, park, "RA0001 RA0001 ra0002 RA7777")
    assert (outcome.moved, outcome.unknown) == (2, ["RA7777"])


def test_scanning_again_counts_nothing_twice(park: World) -> None:
    found = posted(park)
    codes = f"{found.pk}-0001\n{found.pk}-0002\n{found.pk + 7}-0003"
    assert scan(found, park, codes).moved == 2
    again = scan(found, park, codes)
    assert (again.moved, again.already, again.unknown) == (0, 2, [f"{found.pk + 7}-0003"])
    assert counts_agree(found)


def test_done_only_when_everybody_has_it(park: World) -> None:
    found = posted(park)
    scan(found, park, f"{found.pk}-0001 {found.pk}-0002")
    found.refresh_from_db()
    assert found.state == "sending"
    scan(found, park, f"{found.pk}-0003", "return", "moved")
    with pytest.raises(actions.NotNow, match="no_reason"):
        scan(found, park, f"{found.pk}-0002", "return", "because")
    letter = the(found, 3)
    assert (letter.state, letter.reason) == ("returned", "moved")
    actions.mend_letter(
        letter=letter,
        changes={"address": "315800 示例新路 9 号"},
        channel="",
        by=park.supervisor,
        now=MONDAY,
        to_directory=True,
    )
    assert the(found, 3).state == "waiting"
    make_slice(pk=found.pk, now=MONDAY)
    second = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    assert (second.number, second.letters_count) == (2, 1)
    make_batch(pk=second.pk)
    second.refresh_from_db()
    actions.post_batch(batch=second, by=park.supervisor, now=MONDAY)
    scan(found, park, f"{found.pk}-0003")
    found.refresh_from_db()
    assert found.state == "done" and counts_agree(found)
    history = list(the(found, 3).events.values_list("verb", "round"))
    assert history == [
        ("make", 1),
        ("send", 1),
        ("return", 1),
        ("repair", 2),
        ("make", 2),
        ("send", 2),
        ("deliver", 2),
    ] or [verb for verb, _round in history] == ["make", "send", "return", "repair", "make", "send", "deliver"]
    scan(found, park, f"{found.pk}-0001", "return", "refused")  # a delivered one comes back after all
    found.refresh_from_db()
    assert found.state == "sending"


def test_a_mended_address_goes_to_the_directory_only_when_asked(park: World) -> None:
    found = sent(park, [of_person(park.worker, park.firm)], ("print",))
    actions.correct_by_reader(letter=the(found), changes={"address": "示例新址"}, now=MONDAY)
    park.worker.refresh_from_db()
    assert (park.worker.address, the(found).address) == ("", "示例新址")
    actions.mend_letter(
        letter=the(found),
        changes={"address": "示例再新址"},
        channel="",
        by=park.supervisor,
        now=MONDAY,
        to_directory=True,
    )
    park.worker.refresh_from_db()
    assert park.worker.address == "示例再新址"


@pytest.mark.parametrize("state", LetterState.values)
@pytest.mark.parametrize("verb", sorted(LETTER_TRANSITIONS))
def test_every_verb_from_every_state(park: World, state: str, verb: str) -> None:
    found = made(park, chairs(1))
    Letter.objects.filter(mailing=found).update(state=state)
    MailingCount.objects.filter(mailing=found).delete()
    add_counts(found.pk, recount(found))
    moved = move_all(letters=[the(found)], verb=verb, now=MONDAY + timedelta(hours=1))
    sources, to = LETTER_TRANSITIONS[verb]
    assert bool(moved) == (state in sources)
    assert the(found).state == (to if moved else state)
    assert the(found).events.filter(verb=verb, was=state).exists() == bool(moved)


def test_who_read_an_old_row_moves_nothing(park: World) -> None:
    found = posted(park)
    stale = the(found)
    scan(found, park, f"{found.pk}-0001")
    with pytest.raises(actions.NotNow, match="moved"):
        actions.move_letter(letter=stale, verb="deliver", by=park.supervisor, now=MONDAY)
    assert counts_agree(found)


def test_what_is_erased_leaves_the_files_too(park: World) -> None:
    from kaimen.letters import my_data

    found = sent(park, [of_person(park.worker, park.firm)], ("print",))
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    make_batch(pk=batch.pk)
    assert my_data._export(park.worker)[0]["phone"] == park.worker.phone
    my_data._erase(park.worker)
    batch.refresh_from_db()
    letter = the(found)
    assert (letter.name, letter.phone, letter.address, letter.pdf, batch.print_file) == (
        "已注销",
        "",
        "",
        "",
        "",
    )


def test_who_guesses_links_is_stopped_and_the_true_ones_behind_the_same_address_still_open(
    park: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole factory may share one address: who tries wrong links must not keep its letters shut."""
    monkeypatch.setattr(common, "GUESSES", 3)
    letter = the(posted(park))
    statuses = [Client().get(f"/l/guess{n}").status_code for n in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
    assert Client().get(links.path(letter)).status_code == 200
