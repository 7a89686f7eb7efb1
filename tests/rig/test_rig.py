"""The rig itself: it runs on the database it was asked for, and reaches nothing but this machine."""

import os
import socket

import pytest
from django.db import connection

from tests.rig.network import OutsideRequest, is_loopback


@pytest.mark.django_db
def test_runs_on_the_database_asked_for() -> None:
    assert connection.vendor == os.environ.get("KAIMEN_TEST_DATABASE", "sqlite")
    assert connection.introspection.table_names()


def test_another_machine_cannot_be_reached() -> None:
    with pytest.raises(OutsideRequest), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (("127.0.0.1", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        ("/run/socket", True),
        (("192.0.2.1", 80), False),
        (("example.org", 80), False),
        (("127.0.0.1.example.org", 80), False),
    ],
)
def test_only_loopback_counts_as_this_machine(address: object, expected: bool) -> None:
    assert is_loopback(address) is expected
