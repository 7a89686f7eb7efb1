"""Why a verb did not happen, as a code; the words are in wording.py."""

from typing import Any


class NotNow(Exception):
    """A rule forbids this verb, or somebody was quicker: nothing was written."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
