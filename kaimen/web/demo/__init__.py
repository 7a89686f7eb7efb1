"""The demo's people and half a year of their cases."""

from .seeding import load

__all__ = ["load"]
