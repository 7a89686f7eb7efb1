"""The audit's seal finds whatever is changed, taken out, put in or rewritten, and nothing that is in order."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from kaimen.foundation import append_only, audit, sealing
from kaimen.foundation.models import AuditEntry, AuditSeal, Person

TABLE = AuditEntry._meta.db_table
LATER = timedelta(minutes=5)


def write(count: int) -> list[AuditEntry]:
    person = Person.objects.create(name="示例")
    return [audit.record(verb="person.add", subject=person, by=None, n=n) for n in range(count)]


def seal() -> AuditSeal:
    sealed = sealing.seal(timezone.now() + LATER)
    assert sealed is not None
    return sealed


def codes() -> list[str]:
    return [finding.code for finding in sealing.verify()]


@pytest.fixture
def sealed(db: None, monkeypatch: pytest.MonkeyPatch) -> list[AuditEntry]:
    """Seven rows under three seals, the last of one row."""
    monkeypatch.setattr(sealing, "BATCH", 3)
    rows = write(7)
    for _ in range(3):
        seal()
    assert sealing.seal(timezone.now() + LATER) is None
    assert codes() == []
    return rows


def behind_the_back(statement: str, *params: object) -> None:
    """As somebody with the database's own rights would do it: the guard is taken away and put back."""
    with connection.schema_editor() as editor:
        append_only.allow_changes(editor, TABLE)
        editor.execute(statement, list(params))
        append_only.refuse_changes(editor, TABLE)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["UPDATE {} SET verb = 'x'", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_a_row(verb: str) -> None:
    write(1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(TABLE))
    assert AuditEntry.objects.get().verb == "person.add"


@pytest.mark.django_db(transaction=True)
class TestSomebodyWithTheDatabasesRights:
    @pytest.mark.parametrize("column", ["verb", "subject_kind"])
    def test_changes_a_row(self, sealed: list[AuditEntry], column: str) -> None:
        behind_the_back(f"UPDATE {TABLE} SET {column} = 'x' WHERE id = %s", sealed[4].pk)
        found = sealing.verify()
        assert [(f.code, f.first_entry) for f in found] == [("changed", sealed[3].pk)]

    def test_removes_a_row(self, sealed: list[AuditEntry]) -> None:
        behind_the_back(f"DELETE FROM {TABLE} WHERE id = %s", sealed[0].pk)
        assert codes() == ["missing"]

    def test_removes_the_whole_last_batch(self, sealed: list[AuditEntry]) -> None:
        behind_the_back(f"DELETE FROM {TABLE} WHERE id = %s", sealed[6].pk)
        assert codes() == ["missing"]

    def test_puts_another_row_in_its_place(self, sealed: list[AuditEntry]) -> None:
        behind_the_back(f"DELETE FROM {TABLE} WHERE id = %s", sealed[1].pk)
        AuditEntry.objects.create(
            pk=sealed[1].pk, verb="person.see", subject_kind="foundation.person", subject_id=1
        )
        assert codes() == ["changed"]

    def test_moves_the_last_row_from_one_seal_to_the_next(self, sealed: list[AuditEntry]) -> None:
        AuditSeal.objects.filter(last_entry=sealed[2].pk).update(last_entry=sealed[1].pk, count=2)
        assert "changed" in codes() or "missing" in codes()

    def test_rewrites_the_chain_and_is_given_away_by_the_hash_in_the_notebook(
        self, sealed: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = AuditSeal.objects.last()
        assert kept is not None
        call_command("audit", "verify", kept=kept.hash, stdout=StringIO())
        behind_the_back(f"UPDATE {TABLE} SET verb = 'x' WHERE id = %s", sealed[0].pk)
        AuditSeal.objects.all().delete()
        while sealing.seal(timezone.now() + LATER):
            pass
        assert codes() == []  # the chain itself is whole again
        with pytest.raises(CommandError, match="重写"):
            call_command("audit", "verify", kept=kept.hash, stdout=StringIO())

    def test_rewrites_one_seal_only(self, sealed: list[AuditEntry]) -> None:
        AuditSeal.objects.filter(last_entry=sealed[2].pk).update(hash="0" * 64)
        assert codes() == ["changed", "chain"]

    def test_takes_out_a_seal(self, sealed: list[AuditEntry]) -> None:
        AuditSeal.objects.filter(last_entry=sealed[5].pk).delete()
        assert "chain" in codes()


@pytest.mark.django_db
def test_a_row_put_in_between_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(1)[0]
    AuditEntry.objects.create(pk=first.pk + 10, verb="a", subject_kind="b", subject_id=1)
    seal()
    assert codes() == []
    AuditEntry.objects.create(pk=first.pk + 5, verb="a", subject_kind="b", subject_id=1)
    assert codes() == ["missing"]


@pytest.mark.django_db
def test_a_row_planted_before_all_others_is_found() -> None:
    write(2)
    seal()
    AuditEntry.objects.create(pk=-5, verb="a", subject_kind="b", subject_id=1)
    assert codes() == ["missing"]


@pytest.mark.django_db
def test_a_row_that_has_not_settled_holds_back_those_after_it() -> None:
    """Two clocks a little apart must not make an honest log look altered."""
    early, young, late = write(3)
    now = timezone.now() + LATER
    behind = AuditEntry.objects.create(at=now, verb="a", subject_kind="b", subject_id=1)
    AuditEntry.objects.create(at=early.at, verb="a", subject_kind="b", subject_id=1)
    sealed = sealing.seal(now)
    assert sealed is not None and sealed.last_entry == late.pk < behind.pk
    assert sealing.seal(now) is None
    assert sealing.seal(now + LATER) is not None
    assert codes() == []
    assert young.pk < late.pk


@pytest.mark.only_on("postgresql", "SQLite has one writer at a time: no row can appear late")
@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_does_not_make_an_honest_log_look_altered() -> None:
    """PostgreSQL shows its row late, with an early id; the sealer waits for it or gives up its turn."""
    written, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write(1)
            written.set()
            finish.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    write(1)  # committed first, with a larger id
    with pytest.raises(OperationalError):
        sealing.seal(timezone.now() + LATER)
    finish.set()
    thread.join()
    assert seal().count == 2
    assert codes() == []


@pytest.mark.django_db
def test_the_command_says_what_it_found_and_fails_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write(2)
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    assert "还没封的 2 条" in out.getvalue()
    sealed = seal()
    call_command("audit", "verify", stdout=out)
    assert sealed.hash in out.getvalue()
    AuditSeal.objects.filter(pk=sealed.pk).update(count=3)
    with pytest.raises(CommandError) as failed:
        call_command("audit", "verify", stdout=out, stderr=out)
    assert failed.value.returncode == 1
    assert f"封条 {sealed.pk}" in out.getvalue()
