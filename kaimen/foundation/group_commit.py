"""Group commit: who comes while a transaction is being written travels in the next one, all in the same.

A database makes a few hundred transactions a second, but writes many rows in each for hardly more. So the first
thread of this process that wants to write opens a transaction and takes all who wait by then with it; it answers
them after the commit, and one of those who came meanwhile leads the next. There is no thread of its own, no timer
and no delay: who is alone writes alone, at once.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Generic, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from kaimen.foundation.turns import my_turn

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 50  # in one transaction; the others wait for the next
BROKEN = (
    OperationalError,
    InterfaceError,
)  # the database itself cannot: trying each one alone would not help


@dataclass(eq=False)
class _Waiting(Generic[Item, Result]):
    item: Item
    called: "SimpleQueue[None]" = field(default_factory=SimpleQueue)  # done, or to lead the next transaction
    done: bool = False
    outcome: "Result | Exception | None" = None

    def handed_over(self) -> "Result | Exception | None":
        """The outcome, which is then only its receiver's."""
        outcome, self.outcome = self.outcome, None
        return outcome


class GroupCommit(Generic[Item, Result]):
    """`write(items)` gives each item's result, or the exception its caller is to get, in order.

    It runs inside the transaction. If it raises, nothing was written, and each item is tried in a transaction of its
    own: one that cannot be written does not fail its neighbours. A call returns after the commit. Called inside a
    transaction it writes there, alone: that one is its caller's to commit.
    """

    def __init__(self, write: "Callable[[Sequence[Item]], Sequence[Result | Exception]]") -> None:
        self._write = write
        self._guard = threading.Lock()
        self._queue: list[_Waiting[Item, Result]] = []
        self._led = False  # somebody is writing, or has been called to

    def __call__(self, item: Item) -> Result:
        if connection.in_atomic_block:
            return self._given(self._alone(item))
        mine = _Waiting[Item, Result](item)
        with self._guard:
            self._queue.append(mine)
            lead, self._led = not self._led, True
        if not lead:
            mine.called.get()
        if not mine.done:
            self._lead()
        return self._given(mine.handed_over())

    def _lead(self) -> None:
        batch: list[_Waiting[Item, Result]] = []
        try:
            # Here it waits until the other processes have written; who comes meanwhile is taken along.
            with my_turn(), transaction.atomic():
                batch = self._take()
                outcomes = list(self._write([waiting.item for waiting in batch]))
        except BROKEN as error:
            batch = batch or self._take()
            outcomes = [
                type(error)(*error.args) for _ in batch
            ]  # one each: they are raised in several threads
        except Exception:
            outcomes = [self._alone(waiting.item) for waiting in batch]
        except BaseException:
            outcomes = [DatabaseError("the process is ending, nothing was written") for _ in batch]
            raise
        finally:
            for waiting, outcome in zip(batch, outcomes, strict=True):
                waiting.outcome, waiting.done = outcome, True
                waiting.called.put(None)
            self._hand_on()

    def _alone(self, item: Item) -> "Result | Exception":
        try:
            with transaction.atomic():
                return self._write([item])[0]
        except Exception as error:
            return error

    def _take(self) -> list[_Waiting[Item, Result]]:
        with self._guard:
            batch, self._queue = self._queue[:MOST], self._queue[MOST:]
        return batch

    def _hand_on(self) -> None:
        with self._guard:
            self._led = bool(self._queue)
            if self._led:
                self._queue[0].called.put(None)

    @staticmethod
    def _given(outcome: "Result | Exception | None") -> Result:
        if isinstance(outcome, Exception):
            try:
                raise outcome
            finally:
                del outcome  # it knows this frame: holding each other, they and the request would wait for the collector
        return outcome  # type: ignore[return-value]  # it is set before its owner is called
