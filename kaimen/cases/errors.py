"""Why a verb did not happen: somebody was quicker, or a rule forbids it. The words live in the pages."""

from typing import Any

from kaimen.cases.models import Case, Task, TimelineEntry


class Moved(Exception):
    """Somebody else was quicker: nothing was written. Carries the state it is in now and the last step taken."""

    def __init__(self, subject: Case | Task, state: str, last: TimelineEntry | None) -> None:
        super().__init__(f"{subject} is {state} by now")
        self.subject = subject
        self.state = state
        self.last = last


class NotNow(Exception):
    """A rule forbids this verb: a code and its parameters, nothing was written."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
