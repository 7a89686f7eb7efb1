"""Who comes while one is written travels in the next transaction; one bad item fails nobody else."""

import threading
from collections.abc import Sequence

import pytest
from django.db import OperationalError, connection

from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.group_commit import GroupCommit
from kaimen.foundation.models import Organisation


class Book:
    """Writes names; the first transaction waits until `others` are standing in line."""

    def __init__(self, others: int) -> None:
        self.others, self.batches = others, list[list[str]]()
        self.commit = GroupCommit(self.write)

    def write(self, names: Sequence[str]) -> list[str | Exception]:
        if not self.batches:
            self.batches.append(list(names))
            while len(self.commit._queue) < self.others:
                threading.Event().wait(0.001)
        else:
            self.batches.append(list(names))
        if "broken" in names:
            raise OperationalError("the disk is full")
        for name in names:
            Organisation.objects.create(key=name, name=name, kind=OrganisationKind.TEAM)
        return [KeyError(name) if name == "refused" else name for name in names]


def together(book: Book, names: list[str]) -> dict[str, str]:
    """The first alone, the others while it is written; what each of them got."""
    got: dict[str, str] = {}

    def one(name: str) -> None:
        try:
            got[name] = book.commit(name)
        except Exception as error:
            got[name] = type(error).__name__
        finally:
            connection.close()

    first = threading.Thread(target=one, args=[names[0]])
    first.start()
    while not book.batches:
        threading.Event().wait(0.001)
    others = [threading.Thread(target=one, args=[name]) for name in names[1:]]
    for thread in others:
        thread.start()
    for thread in [first, *others]:
        thread.join(20)
    return got


def kept() -> set[str]:
    return set(Organisation.objects.values_list("key", flat=True))


@pytest.mark.django_db(transaction=True)
def test_those_who_come_meanwhile_share_the_next_transaction() -> None:
    book = Book(others=3)
    got = together(book, ["a", "b", "c", "d"])
    assert got == {name: name for name in "abcd"} and kept() == set("abcd")
    assert [len(batch) for batch in book.batches] == [1, 3]


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_be_written_fails_alone() -> None:
    Organisation.objects.create(key="taken", name="taken", kind=OrganisationKind.TEAM)
    got = together(Book(others=3), ["a", "b", "taken", "c"])
    assert got == {"a": "a", "b": "b", "c": "c", "taken": "IntegrityError"}
    assert kept() == {"a", "b", "c", "taken"}


@pytest.mark.django_db(transaction=True)
def test_one_that_is_refused_gets_its_own_answer() -> None:
    got = together(Book(others=2), ["a", "refused", "b"])
    assert got == {"a": "a", "b": "b", "refused": "KeyError"}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_tells_all_of_them_and_is_free_for_the_next() -> None:
    book = Book(others=2)
    got = together(book, ["a", "b", "broken"])
    assert got == {"a": "a", "b": "OperationalError", "broken": "OperationalError"}
    assert kept() == {"a"}
    assert book.commit("later") == "later"


def test_inside_a_transaction_it_is_written_there(db: None) -> None:
    book = Book(others=0)
    assert book.commit("a") == "a" and kept() == {"a"}
    with pytest.raises(KeyError):
        book.commit("refused")
