"""Rows written the quick way are the rows that the ORM would have written."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.cases.models import Case
from kaimen.foundation.delivering import deliver
from kaimen.foundation.enqueuing import enqueue_all
from kaimen.foundation.models import AuditEntry, Delivery, Notice, Person
from kaimen.foundation.rows import insert, insert_values, new, settle, together
from tests.cast import World


def stored(model: Any, pk: Any) -> dict[str, Any]:
    """The row as the database has it, without its key."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    key = pk.hex if hasattr(pk, "hex") and connection.vendor == "sqlite" else pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s",
            [key],
        )
        return dict(zip(columns, cursor.fetchone(), strict=True))


def test_the_same_row_as_by_the_orm(park: World) -> None:
    now = timezone.now()
    told = {"verb": "x", "subject_kind": "k", "subject_id": 1, "at": now, "params": {"停": [1, None]}}
    quick, slow = (
        insert([AuditEntry(actor=park.officer, **told)])[0],
        AuditEntry.objects.create(actor=park.officer, **told),
    )
    assert stored(AuditEntry, quick.pk) == stored(AuditEntry, slow.pk)
    assert AuditEntry.objects.get(pk=quick.pk).params == told["params"]


def test_keys_come_back_in_order_and_secrets_go_in_sealed(park: World) -> None:
    notices = insert(Notice(person=park.asker, code=f"n{n}", link=f"/t/{n}", params={}) for n in range(700))
    assert [
        notice.code for notice in Notice.objects.filter(pk__in=[n.pk for n in notices]).order_by("pk")
    ] == [f"n{n}" for n in range(700)]
    assert stored(Notice, notices[3].pk)["link"].startswith("v1:")
    assert Notice.objects.get(pk=notices[3].pk).link == "/t/3"
    notices[3].code = "changed"
    notices[3].save()  # it is known not to be new
    assert Notice.objects.filter(code="changed").count() == 1
    assert insert(list[Person]()) == []


def test_a_job_queued_by_the_dozen_is_the_job_the_library_queues(park: World) -> None:
    notice = Notice.objects.create(person=park.asker, code="received", params={})
    delivery = Delivery.objects.create(notice=notice, channel="sms", address="13800000001")
    one = deliver.enqueue(delivery.pk)
    enqueue_all(deliver, [[delivery.pk]])
    other = DBTaskResult.objects.exclude(pk=one.id).get()
    both = [stored(DBTaskResult, one.db_result.pk), stored(DBTaskResult, other.pk)]
    for row in both:
        row.pop("enqueued_at")
    assert both[0] == both[1]
    assert set(DBTaskResult.objects.ready().values_list("pk", flat=True)) >= {other.pk}


def test_several_models_together_are_the_rows_they_are_alone(park: World) -> None:
    now = timezone.now()
    told = {"verb": "x", "subject_kind": "k", "subject_id": 1, "at": now, "params": {"停": [1, None]}}
    with together():
        steps = insert(AuditEntry(actor=park.officer, **told) for _ in range(3))
        notices = insert(Notice(person=park.asker, code=f"n{n}", link="/t/;%s'", params={}) for n in range(3))
        assert not any(row.pk for row in (*steps, *notices))
        settle()
        assert all(row.pk for row in (*steps, *notices))
        with together():  # one inside another is part of it
            sent = insert(Delivery(notice=notice, channel="sms", address="13800000001") for notice in notices)
        assert not sent[0].pk
    slow = AuditEntry.objects.create(actor=park.officer, **told)
    assert stored(AuditEntry, steps[2].pk) == stored(AuditEntry, slow.pk)
    assert [Notice.objects.get(pk=notice.pk).code for notice in notices] == ["n0", "n1", "n2"]
    assert [Delivery.objects.get(pk=one.pk).notice for one in sent] == notices
    assert Notice.objects.get(pk=notices[0].pk).link == "/t/;%s'"


def test_what_waited_when_something_broke_is_not_written(park: World) -> None:
    with pytest.raises(ZeroDivisionError), together():
        insert([Notice(person=park.asker, code="never", params={})])
        raise ZeroDivisionError
    insert([Notice(person=park.asker, code="after", params={})])
    assert set(Notice.objects.values_list("code", flat=True)) == {"after"}


def test_values_alone_are_the_row_with_its_defaults(park: World) -> None:
    insert_values(
        AuditEntry,
        [
            {"actor_id": park.officer.pk, "verb": f"v{n}", "subject_kind": "k", "subject_id": n}
            for n in range(700)
        ],
    )
    quick = list(AuditEntry.objects.filter(verb__startswith="v").order_by("pk"))
    slow = AuditEntry.objects.create(
        actor=park.officer, verb="v5", subject_kind="k", subject_id=5, at=quick[5].at
    )
    assert [row.subject_id for row in quick] == list(range(700))
    assert stored(AuditEntry, quick[5].pk) == stored(AuditEntry, slow.pk)
    with together():  # they wait like the others, and whoever has a key gets its own
        insert_values(AuditEntry, [{"verb": "later", "subject_kind": "k", "subject_id": 1}])
        notice = insert([Notice(person=park.asker, code="n", params={})])[0]
        assert not AuditEntry.objects.filter(verb="later").exists()
    assert Notice.objects.get(pk=notice.pk).code == "n" and AuditEntry.objects.filter(verb="later").exists()
    with pytest.raises(TypeError, match="actor"):
        insert_values(
            AuditEntry, [{"actor": park.officer, "verb": "x", "subject_kind": "k", "subject_id": 1}]
        )


def test_a_new_row_is_what_its_model_would_have_made(park: World) -> None:
    given = {
        "community": park.community,
        "words": "热水停了",
        "title": "热水",
        "owner": park.officer,
        "asker": None,
        "asker_phone": "13800000001",
        "routing": [["lightest", {}]],
        "received_at": timezone.now(),
        "track_salt": "s",
        "track_digest": "d",
    }
    quick, slow = new(Case, **given), Case(**given)
    assert _all_of(quick) == _all_of(slow)
    assert quick.routing is given["routing"] and quick.urgent_why is not new(Case, **given).urgent_why
    assert quick.owner is park.officer and quick.asker is None and quick._state.adding
    quick.number = "KM-1"
    quick.save()
    assert Case.objects.get(pk=quick.pk).asker_phone == "13800000001"


def test_a_new_row_refuses_a_name_that_is_no_field() -> None:
    with pytest.raises(TypeError, match="ownr"):
        new(Case, ownr=None)


def _all_of(row: Case) -> dict[str, Any]:
    """What an instance holds, one made of it as good as another; a moment of its own is as good as another's."""
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    own = {field.attname for field in row._meta.concrete_fields if field.default is timezone.now}
    given = row._state.fields_cache
    return {name: type(value) if name in own else value for name, value in held.items()} | {"links": given}
