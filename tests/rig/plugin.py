"""Loaded before Django's settings are: chooses the database and gives the tests an environment of their own."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.rig import missing, network, postgresql

DATABASES = ("sqlite", "postgresql")
_cluster: postgresql.Cluster | None = None
_scratch: str | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """A wrapper runs before pytest-django reads the settings."""
    if "PYTEST_XDIST_WORKER" not in os.environ:  # workers share the keys and the cluster of the first process
        _environment()
        if database() == "postgresql":
            _start_cluster()
    else:
        _folder_of_worker(os.environ["PYTEST_XDIST_WORKER"])
    network.loopback_only()
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    from tests.rig import emptying, static_files

    # A slow hash protects stored passwords; here it would only slow down every sign-in.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A law does not break because the machine was busy: how long an example takes is no test's matter.
    hypothesis.settings.register_profile("house", hypothesis.settings(), deadline=None)
    hypothesis.settings.load_profile("house")
    emptying.allow()
    static_files.look_once()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What does not belong to this database is not collected, so that a skip always means that something is missing.

    Browser journeys run once, on SQLite: they test pages, and the pages' queries are tested on both.
    """
    elsewhere = [item for item in items if not _belongs_here(item)]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


def _belongs_here(item: pytest.Item) -> bool:
    only = item.get_closest_marker("only_on")
    if only:
        return bool(only.args[0] == database())
    return database() == "sqlite" or not item.get_closest_marker("journey")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    missing.refuse_skip(item, report)
    return report


def pytest_report_header() -> str:
    return f"kaimen database: {database()}"


def pytest_unconfigure() -> None:
    if _cluster:
        _cluster.stop()
    if _scratch:
        shutil.rmtree(_scratch, ignore_errors=True)


def database() -> str:
    name = os.environ.get("KAIMEN_TEST_DATABASE", "sqlite")
    if name not in DATABASES:
        raise pytest.UsageError(f"KAIMEN_TEST_DATABASE is {name!r}; it may be one of {', '.join(DATABASES)}")
    return name


def _environment() -> None:
    """Whatever the shell has set for a real deployment must not reach the tests."""
    global _scratch
    _scratch = tempfile.mkdtemp(prefix="kaimen-tests-")
    kept = {"KAIMEN_TEST_DATABASE", "KAIMEN_REQUIRE_ALL", "KAIMEN_DATA", "KAIMEN_FAULT_FORMS"}
    for name in [name for name in os.environ if name.startswith("KAIMEN_") and name not in kept]:
        del os.environ[name]
    os.environ["KAIMEN_DEMO"] = "1"
    os.environ["KAIMEN_VAR"] = _scratch
    os.environ["KAIMEN_SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["KAIMEN_FIELD_KEY"] = secrets.token_urlsafe(48)
    _furnish(Path(_scratch))


def _folder_of_worker(name: str) -> None:
    """Files of one's own: a test that sweeps away what is loose must not sweep in the other worker's house."""
    var = Path(os.environ["KAIMEN_VAR"], name)
    var.mkdir()
    os.environ["KAIMEN_VAR"] = str(var)
    _furnish(var)


def _furnish(var: Path) -> None:
    for folder in ("media", "static"):
        (var / folder).mkdir()


def _start_cluster() -> None:
    global _cluster
    folder = postgresql.programs()
    if folder is None:
        if missing.required():
            raise pytest.UsageError(f"{postgresql.HOW_TO_GET} (KAIMEN_REQUIRE_ALL=1)")
        pytest.exit(f"SKIPPED the tests on PostgreSQL: {postgresql.HOW_TO_GET}", returncode=0)
    # Somebody ending the tests from outside must not leave a server running behind them.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _cluster = postgresql.Cluster(folder)
    os.environ["KAIMEN_DATABASE_URL"] = _cluster.url
