"""Every new test client builds the middleware anew, and WhiteNoise then looks at every static file: once is enough."""

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

_found: dict[tuple[Any, ...], dict[str, Any]] = {}


def look_once() -> None:
    """What a process has found with the same settings, it finds again without looking."""
    look = WhiteNoiseMiddleware.add_files_from_finders

    def remembered(self: WhiteNoiseMiddleware) -> None:
        key = (self.static_prefix, str(self.static_root), self.max_age, self.allow_all_origins, self.charset)
        if key not in _found:
            look(self)
            _found[key] = dict(self.files)
        self.files.update(_found[key])

    WhiteNoiseMiddleware.add_files_from_finders = remembered
