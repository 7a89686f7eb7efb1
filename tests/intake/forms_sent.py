"""A form as its sender has it open, and what must hold of every answer to it."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.test import Client

from kaimen.cases.models import Case
from kaimen.intake.models import Submission

WORDS = "东门早上没地方停车"
KEY = "k" * 24


@dataclass
class Sender:
    client: Client
    path: str
    always: dict[str, Any] = field(default_factory=dict)

    def send(self, fields: dict[str, Any]) -> Any:
        return self.client.post(self.path, {"key": KEY, "words": WORDS} | self.always | fields)

    def raw(self, body: bytes, status: int = 302) -> Any:
        more = b"".join(f"&{name}={value}".encode() for name, value in self.always.items())
        answer = self.client.post(self.path, body + more, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == status
        return answer

    def taken(self, fields: dict[str, Any]) -> Any:
        answer = self.send(fields)
        assert answer.status_code == 302, errors(answer.content.decode())
        assert Case.objects.count() == 1
        return answer

    def refused(self, fields: dict[str, Any], at: str, sentence: str, status: int = 422) -> Any:
        """Said at the right field in the right words; every word typed is still there; nothing was made."""
        answer = self.send(fields)
        page = answer.content.decode()
        assert answer.status_code == status
        assert [name for name in answer.context["form"].errors if name != at] == []
        assert any(sentence in said for said in errors(page)), errors(page)
        typed = {"words": WORDS} | {n: v for n, v in fields.items() if isinstance(v, str) and n != "consent"}
        for name, value in typed.items():
            if name != "place":  # a choice that is none cannot be shown as chosen
                assert value.strip() in unescape(page), f"{name} is gone"
        assert KEY in page
        assert not Case.objects.exists() and not Submission.objects.exists()
        return answer


def errors(page: str) -> list[str]:
    """The sentences that the page shows as errors."""
    lists = re.findall(r'<ul class="errorlist".*?</ul>', page, re.S)
    return [unescape(said) for each in lists for said in re.findall(r"<li>(.*?)</li>", each, re.S)]
