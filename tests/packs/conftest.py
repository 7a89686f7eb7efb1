from pathlib import Path
from typing import Any

import pytest
import yaml

PACKS = Path(__file__).resolve().parents[2] / "kaimen" / "packs"


def read_pack(name: str) -> Any:
    return yaml.safe_load((PACKS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def organisations() -> dict[str, dict]:
    return _by_key(read_pack("demo/organisations.yaml")["organisations"])


@pytest.fixture(scope="session")
def people() -> dict[str, dict]:
    return _by_key(read_pack("demo/people.yaml")["people"])


@pytest.fixture(scope="session")
def places() -> dict[str, dict]:
    return _by_key(read_pack("demo/places.yaml")["places"])


@pytest.fixture(scope="session")
def domains() -> dict[str, dict]:
    return _by_key(read_pack("services/lingfeng.yaml")["domains"])


@pytest.fixture(scope="session")
def services() -> dict[str, dict]:
    return _by_key(read_pack("services/lingfeng.yaml")["services"])


@pytest.fixture(scope="session")
def needs() -> dict[str, dict]:
    return _by_key(read_pack("demo/needs.yaml")["needs"])


def _by_key(entries: list[dict]) -> dict[str, dict]:
    """Entries under their keys; a key used twice is an error of the pack, so it fails here."""
    keys = [entry["key"] for entry in entries]
    assert len(set(keys)) == len(keys), sorted({key for key in keys if keys.count(key) > 1})
    return dict(zip(keys, entries, strict=True))
