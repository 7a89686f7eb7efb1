"""The demo's letter: to its own thirty people, some of whom have it already."""

from django.utils import timezone

from kaimen.foundation.models import Organisation, Person
from kaimen.letters import actions
from kaimen.letters.actions.making import make_slice
from kaimen.letters.actions.sending import send_slice
from kaimen.letters.enums import LetterChannel
from kaimen.letters.models import LetterTemplate
from kaimen.letters.recipients import EVERYBODY, by_roles

KEY = "demo:care"
ARRIVED = 8
CODE = "示例灵工"  # 代字 of its official papers


def write(community: Organisation, by: Person) -> int:
    """One mailing, once; how many letters."""
    now = timezone.now()
    actions.load_templates(community=community, by=None, now=now)
    actions.change_head(organisation=community, code=CODE, lines="", by=by, now=now)
    template = LetterTemplate.objects.get(community=community, key="care")
    mailing = actions.mail_to(
        organisation=community,
        community=community,
        name="示例：年末给大家的一封信",
        text={"title": template.title, "greeting": "{姓名}：", "body": template.body, "sender": ""},
        kind=template.kind,
        recipients=by_roles(top=community, role=EVERYBODY, kinds=[]),
        channels=[LetterChannel.APP, LetterChannel.PRINT],
        by=by,
        now=now,
        key=KEY,
        template=template,
    )
    if mailing.state == "draft" and not actions.check_mailing(mailing=mailing, by=by, now=now)["blocks"]:
        actions.make_letters(mailing=mailing, by=by, now=now)
        while make_slice(pk=mailing.pk):
            pass
        mailing.refresh_from_db()
        actions.send_letters(mailing=mailing, by=by, now=now)
        send_slice(pk=mailing.pk)
        for letter in mailing.letters.filter(state="sent")[:ARRIVED]:
            actions.open_letter(letter=letter, now=now)
    return mailing.total
