"""Writes on the list. `by=None` stands for the system itself (a pack, a command); a person needs the right."""

from .official import load_official
from .packs import Report, by_key, load_pack, put_domain, put_service
from .publishing import Moved, add_draft, bump, discard_draft, publish, save_draft, withdraw

__all__ = [
    "Moved",
    "Report",
    "add_draft",
    "bump",
    "by_key",
    "discard_draft",
    "load_official",
    "load_pack",
    "publish",
    "put_domain",
    "put_service",
    "save_draft",
    "withdraw",
]
