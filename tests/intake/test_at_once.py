"""A need is understood by what the process knows of services, places and people; that it is still so is asked where the
need is written, and if not, it is all read anew."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kaimen.cases.models import Case
from kaimen.catalogue.models import Service
from kaimen.foundation import reference
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Attachment, Organisation, Place, Role
from kaimen.foundation.organisations import add_organisation
from kaimen.intake.actions import knock
from tests.cast import World
from tests.intake.test_pages import photo

KEY = "k" * 24


def say(key: str = KEY, **more: str) -> Any:
    return Client().post("/say/confirm", {"key": key, "words": "东门早上没地方停车", **more})


@pytest.fixture
def known(park: World) -> World:
    """This process has taken a need: it knows the community's places, services and people."""
    Place.objects.create(community=park.community, key="gate", name="示例东门")
    assert say("a" * 24).status_code == 302
    return park


def latest() -> Case:
    return Case.objects.latest("pk")


def test_the_database_is_asked_for_changes_once_and_where_the_need_is_written(known: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert say(service=known.service.key).status_code == 302
    statements = [query["sql"] for query in asked.captured_queries]
    looks = [n for n, sql in enumerate(statements) if reference.TABLE in sql]
    begun = next(n for n, sql in enumerate(statements) if sql.startswith(("SAVEPOINT", "BEGIN")))
    assert len(looks) == 1 and looks[0] > begun
    assert latest().service == known.service


def test_whoever_has_left_meanwhile_is_not_given_the_need(known: World) -> None:
    owner = latest().owner
    Role.objects.filter(person=owner).update(active=False)
    assert say("c" * 24).status_code == 302
    assert Case.objects.count() == 2
    assert latest().owner != owner


def test_a_place_made_meanwhile_can_be_chosen(known: World) -> None:
    place = Place.objects.create(community=known.community, key="new", name="示例新楼")
    assert say(place=str(place.pk)).status_code == 302
    assert latest().place == place


def test_a_place_gone_meanwhile_is_said_and_nothing_is_lost(known: World) -> None:
    place = Place.objects.get()
    key = place.pk
    place.delete()
    answer = say(place=str(key))
    assert answer.status_code == 422
    assert "没有这个地方了" in answer.content.decode() and "没地方停车" in answer.content.decode()
    assert Case.objects.count() == 1


def test_a_photo_is_kept_once(known: World, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    Place.objects.create(community=known.community, key="new", name="示例新楼")
    sent = {"key": KEY, "words": "东门早上没地方停车", "files": photo()}
    assert Client().post("/say/confirm", sent).status_code == 302
    assert Attachment.objects.get() == latest().attachments.get().attachment


def test_a_service_withdrawn_meanwhile_is_not_given(known: World) -> None:
    Service.objects.filter(pk=known.service.pk).update(state="withdrawn")
    assert latest().service == known.service
    say(service=known.service.key)
    assert Case.objects.filter(service=known.service).count() == 1


def test_a_community_closed_meanwhile_takes_nothing(known: World) -> None:
    other = add_organisation(
        key="other", name="示例外区", kind=OrganisationKind.COMMUNITY, parent=known.federation, by=None
    )
    client = Client()
    client.cookies["community"] = "other"
    assert "示例外区" in client.get("/say").content.decode()  # now it is known
    Organisation.objects.filter(pk=other.pk).update(active=False)
    client.post("/say/confirm", {"key": KEY, "words": "东门早上没地方停车"})
    assert Case.objects.count() == 2
    assert latest().community == known.community


def test_one_that_is_outdated_does_not_keep_its_neighbours_from_being_taken(known: World) -> None:
    from kaimen.cases.enums import Channel
    from kaimen.intake.taking import Need, take_all

    needs: list[Need] = []
    taken = {"community": known.community, "words": "东门早上没地方停车", "channel": Channel.WEB, "by": None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaimen.intake.actions.take_together", needs.append)
        with reference.last_look():
            knock(key="one", **taken)  # type: ignore[arg-type]
        Place.objects.all().delete()
        with reference.one_look():
            knock(key="two", **taken)  # type: ignore[arg-type]
            knock(key="one", **taken)  # type: ignore[arg-type]  # the same once more, understood anew
        knock(key="three", **taken)  # type: ignore[arg-type]
    old, two, again, three = take_all(needs)
    assert isinstance(old, reference.Changed)
    assert {case.pk for case in (two, again, three)} == set(
        Case.objects.order_by("-pk").values_list("pk", flat=True)[:3]
    )  # type: ignore[union-attr]
    assert isinstance(take_all(needs[:1])[0], reference.Changed)
