"""A production start is safe, or it does not happen and says all that is missing."""

import stat
from pathlib import Path

import pytest

from kaimen.config import environment

SAFE = {
    "KAIMEN_SECRET_KEY": "s" * 50,
    "KAIMEN_FIELD_KEY": "f" * 50,
    "KAIMEN_PUBLIC_URL": "https://kaimen.example/",
    "KAIMEN_HOSTS": "kaimen.example, www.kaimen.example",
}


def test_an_empty_environment_lists_everything_missing_at_once(tmp_path: Path) -> None:
    with pytest.raises(environment.NotConfigured) as refused:
        environment.read(tmp_path, {})
    for name in SAFE:
        assert name in str(refused.value)
    assert list(tmp_path.iterdir()) == [], "a refused start leaves no secret behind"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAIMEN_SECRET_KEY", "short"),
        ("KAIMEN_FIELD_KEY", ""),
        ("KAIMEN_PUBLIC_URL", "http://kaimen.example"),
        ("KAIMEN_HOSTS", "*"),
        ("KAIMEN_HOSTS", " , "),
        ("KAIMEN_STAFF_IDLE_HOURS", "0"),
        ("KAIMEN_STAFF_IDLE_HOURS", "0.5"),
        ("KAIMEN_STAFF_IDLE_HOURS", "nan"),
        ("KAIMEN_KEEP_PRINTED_DAYS", "thirty"),
        ("KAIMEN_SMTP_PORT", "-1"),
        ("KAIMEN_DATABASE_PATIENCE", "20s"),
    ],
)
def test_one_unsafe_value_is_enough_to_refuse(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(environment.NotConfigured) as refused:
        environment.read(tmp_path, {**SAFE, name: value})
    assert name in str(refused.value)
    assert [other for other in SAFE if other != name and other in str(refused.value)] == []


def test_a_safe_environment_is_read(tmp_path: Path) -> None:
    read = environment.read(tmp_path, SAFE)
    assert not read.demo
    assert read.https
    assert read.staff_second_factor
    assert read.public_url == "https://kaimen.example"
    assert read.hosts == ["kaimen.example", "www.kaimen.example"]
    assert len(read.field_key) == 32


def test_the_demo_makes_its_secrets_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = environment.read(tmp_path, {"KAIMEN_DEMO": "1"})
    second = environment.read(tmp_path, {"KAIMEN_DEMO": "1"})
    assert first.secret_key == second.secret_key
    assert first.field_key == second.field_key
    assert first.secret_key.encode() != first.field_key
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "var").iterdir()}
    assert modes == {0o600}


def test_database_addresses() -> None:
    var = Path("var")
    assert environment.database("", var)["NAME"] == str(var / "kaimen.sqlite3")
    assert environment.database("sqlite:////data/k.sqlite3", var)["NAME"] == "/data/k.sqlite3"
    assert environment.database("", var)["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    found = environment.database("postgresql://me:p%40ss@db:5433/kaimen?sslmode=require", var)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("me", "p@ss", "db", "5433")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["CONN_MAX_AGE"] == 0
    assert environment.database("postgresql:///kaimen?host=/run/postgresql", var)["HOST"] == "/run/postgresql"
    with pytest.raises(environment.NotConfigured):
        environment.database("mysql://me@db/kaimen", var)


def test_behind_a_pooler_by_transaction_no_cursor_outlives_its_transaction(tmp_path: Path) -> None:
    direct = environment.database("postgresql://k:p@db/kaimen?sslmode=require", tmp_path)
    pooled = environment.database("postgresql://k:p@db/kaimen?sslmode=require&pooler=transaction", tmp_path)
    assert not direct["DISABLE_SERVER_SIDE_CURSORS"]
    assert pooled["DISABLE_SERVER_SIDE_CURSORS"]
    assert "pooler" not in pooled["OPTIONS"], "libpq does not know this word"
    assert pooled["OPTIONS"]["sslmode"] == direct["OPTIONS"]["sslmode"] == "require"
    assert "options" not in pooled["OPTIONS"], "PgBouncer refuses settings at the start of a connection"
    assert pooled["CONN_HEALTH_CHECKS"], "after a failover nobody is given a dead connection"


@pytest.mark.parametrize(("said", "log"), [("json", "json"), ("plain", "plain"), ("", "plain")])
def test_how_lines_are_written(tmp_path: Path, said: str, log: str) -> None:
    assert environment.read(tmp_path, {**SAFE, "KAIMEN_LOG": said}).log == log
