"""The YAML files of packs/: read quickly, and those that are read with every need kept in memory."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

# libyaml, where PyYAML was built with it: a tenth of the time for the same answer
SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """What the file says. Raises OSError or yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE)  # noqa: S506  # both are safe loaders


def keep_yaml(path: Path) -> Any:
    """The same, parsed once for as long as the file is not changed, and shared by all who ask: nobody may change it."""
    about = path.stat()
    return _kept(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=16)
def _kept(path: Path, _changed: int, _size: int) -> Any:
    return read_yaml(path)
