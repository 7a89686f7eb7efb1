"""Addresses of a case and of a task: the secret ones are printed from the salt, never stored in the clear."""

from io import BytesIO

import segno
from django.conf import settings

from kaimen.cases.models import Case, Task, TaskLink
from kaimen.foundation.secret_links import token_for


def track_token(case: Case) -> str:
    return token_for(case.track_salt, "track")


def track_path(case: Case) -> str:
    return f"/t/{track_token(case)}"


def track_url(case: Case) -> str:
    """The whole address of the tracking page, as printed under the QR code."""
    return settings.PUBLIC_URL + track_path(case)


def track_qr(case: Case) -> str:
    """The tracking address as an inline SVG."""
    return qr_svg(track_url(case))


def desk_path(case: Case) -> str:
    return f"/desk/{case.number}"


def task_path(link: TaskLink) -> str:
    return f"/task/{token_for(link.salt, 'task')}"


def task_url(link: TaskLink) -> str:
    """The whole address that opens exactly this task, for who has no account."""
    return settings.PUBLIC_URL + task_path(link)


def inbox_path(task: Task) -> str:
    return f"/tasks/{task.pk}"


def qr_svg(text: str) -> str:
    """A QR code as SVG without XML declaration, to stand inside a page; sized by the style sheet."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, omitsize=True, svgclass="qr", lineclass=None
    )
    return out.getvalue().decode()
