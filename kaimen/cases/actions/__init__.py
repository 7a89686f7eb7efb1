"""Every write on a case, a task, a refusal, a rating: one verb, one transaction."""

from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.steps import as_seen

from .opening import open_case

__all__ = ["Moved", "NotNow", "as_seen", "open_case"]
