"""The first federation, community and manager of an empty production database, in one transaction.

Change the values, then: sudo -u kaimen /opt/kaimen/docs/deploy/kaimen-manage shell < first_house.py
It prints a link by which the manager sets a password, once, within 48 hours. Everything else is done in the browser.
"""

import sys

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation
from kaimen.foundation.organisations import add_organisation, add_person, give_role
from kaimen.foundation.staff import make_password_link

FEDERATION = {"key": "district-union", "name": "某某区总工会"}
COMMUNITY = {"key": "some-community", "name": "某某工业社区"}
MANAGER = {"name": "管理员姓名", "username": "manager"}

with transaction.atomic():
    if Organisation.objects.exists():
        raise SystemExit("there are organisations already: use /manage/organisations")
    top = add_organisation(**FEDERATION, kind=OrganisationKind.FEDERATION, parent=None, by=None)
    add_organisation(**COMMUNITY, kind=OrganisationKind.COMMUNITY, parent=top, by=None)
    founder = add_person(name="安装", by=None)
    give_role(person=founder, kind=RoleKind.MANAGER, organisation=top, by=None)
    manager = add_person(name=MANAGER["name"], by=founder)
    give_role(person=manager, kind=RoleKind.MANAGER, organisation=top, by=founder)
    link = make_password_link(person=manager, username=MANAGER["username"], by=founder, now=timezone.now())
    founder.roles.update(active=False)

sys.stdout.write(f"{settings.PUBLIC_URL}/in/first/{link.token}\n")
