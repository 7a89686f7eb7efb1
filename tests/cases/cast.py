"""The cast of these tests is everybody's: tests/cast.py."""

from tests.cast import MONDAY, SHANGHAI, World, at, world

__all__ = ["MONDAY", "SHANGHAI", "World", "at", "world"]
