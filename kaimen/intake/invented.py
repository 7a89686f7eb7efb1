"""Invented needs for load: our own phrases from the packs, put together anew each time. Nobody's words are in them."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kaimen.foundation.yaml_files import read_yaml

PACKS = Path(__file__).resolve().parents[1] / "packs"


class Voices:
    """An endless, seeded row of (words, key of the service they are about): the same seed says the same."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - load, not chance that anybody depends on
        self._around = _read("words/invented.yaml")
        services = _read("services/lingfeng.yaml")["services"]
        said = [(need["text"], need["service"]) for need in _read("demo/needs.yaml")["needs"]]
        said += [(phrase, s["key"]) for s in services for phrase in s["phrases"]]
        self._said = said

    def __iter__(self) -> Iterator[tuple[str, str]]:
        while True:
            yield self.say()

    def say(self) -> tuple[str, str]:
        core, service = self.rng.choice(self._said)
        opening, who, when, detail, ending = (
            self.rng.choice(self._around[part]) for part in ("openings", "who", "when", "details", "endings")
        )
        stop = "" if core[-1] in "。！？，" else "，"
        return f"{opening}{who}{when}：{core}{stop}{detail}{ending}", service


def _read(name: str) -> Any:
    return read_yaml(PACKS / name)
