"""What an officer keeps for themselves on the desk, and reading an asker's phone, which leaves a trace."""

from django.db import transaction

from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, SavedView
from kaimen.foundation import audit
from kaimen.foundation.models import Person


@transaction.atomic
def read_phone(*, case: Case, by: Person) -> str:
    """The asker's phone in the clear. The read is on record: for the asker with an account in 谁看过我, else in the
    audit (《个人信息保护法》第四十四条: the right to know)."""
    if case.asker is not None:
        audit.record_read(person=case.asker, reader=by, what="phone", purpose=case.number)
    audit.record(verb="case.phone_read", subject=case, by=by)
    return case.asker_phone


@transaction.atomic
def save_view(*, name: str, query: str, by: Person) -> SavedView:
    """Keep filters under a name; the same name again replaces them."""
    view, _ = SavedView.objects.update_or_create(person=by, name=name, defaults={"query": query})
    audit.record(verb="view.save", subject=view, by=by)
    return view


@transaction.atomic
def drop_view(*, pk: int, by: Person) -> None:
    """Forget a view of one's own. NotNow("no_view") when there is none."""
    view = SavedView.objects.filter(pk=pk, person=by).first()
    if view is None:
        raise NotNow("no_view")
    audit.record(verb="view.drop", subject=view, by=by)
    view.delete()
