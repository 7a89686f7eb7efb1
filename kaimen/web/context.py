"""What the pages of every room know about who is here and where."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.communities import NoCommunity, current_community
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.permissions import has_kind, person_of

OFFICER, SUPERVISOR, HANDLER = RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.HANDLER
MANAGER, CHAIR = RoleKind.MANAGER, RoleKind.CHAIR

# url name or path, icon, words, for whom; a link to a room that is not built does not show
STAFF_LINKS = (
    ("desk", "inbox", _("我的办件"), (OFFICER, SUPERVISOR)),
    ("find", "search", _("找"), (OFFICER, SUPERVISOR, HANDLER, MANAGER)),
    ("take", "phone", _("接电话"), (OFFICER, SUPERVISOR)),
    ("visits", "footprints", _("走访"), (OFFICER, SUPERVISOR)),
    ("form_links", "qr-code", _("二维码"), (OFFICER, SUPERVISOR)),
    ("needs_tables", "file-input", _("导入诉求"), (OFFICER, SUPERVISOR, MANAGER)),
    ("inbox", "clipboard-list", _("交办给我的"), (HANDLER,)),
    ("hot_board", "flame", _("热点"), (OFFICER, SUPERVISOR, MANAGER)),
    ("watch", "eye", _("督办"), (SUPERVISOR,)),
    ("manage_answers", "message-square-text", _("答复模板"), (SUPERVISOR, MANAGER)),
    ("mailings", "mail", _("信函"), (SUPERVISOR, MANAGER)),
    ("manage_services", "list", _("管清单"), (MANAGER,)),
    ("manage_people", "users", _("管人员"), (MANAGER,)),
    ("manage_organisations", "building-2", _("管组织"), (MANAGER,)),
    ("manage_keys", "key-round", _("接口钥匙"), (MANAGER,)),
    ("roster", "upload", _("导入名册"), (MANAGER,)),
    ("triage", "ear", _("听得懂多少"), (MANAGER,)),
    ("notices", "bell", _("通知"), (OFFICER, SUPERVISOR, HANDLER, MANAGER, CHAIR)),
    ("service_list", "book-open", _("清单"), tuple(RoleKind)),
    ("board", "chart-column", _("公示"), tuple(RoleKind)),
)
STAFF_HOMES = (
    ("desk", (OFFICER,)),
    ("watch", (SUPERVISOR,)),
    ("inbox", (HANDLER,)),
    ("manage_people", (MANAGER,)),
)


def house(request: HttpRequest) -> dict[str, Any]:
    """Lazily: the community's name and the staff's links; a page that does not show them asks nothing."""
    return {
        "house": SimpleLazyObject(lambda: _name(request)),
        "staff_links": SimpleLazyObject(lambda: _links(request)),
        "staff_home": SimpleLazyObject(lambda: _home(request)),
        "unread": SimpleLazyObject(lambda: _unread(request)),
    }


def _name(request: HttpRequest) -> str:
    try:
        return str(current_community(request))
    except NoCommunity:
        return ""


def _links(request: HttpRequest) -> list[dict[str, Any]]:
    person = person_of(request)
    return [
        {"url": url, "icon": icon, "label": label, "count": _unread(request) if url == "notices" else 0}
        for url, icon, label, kinds in STAFF_LINKS
        if has_kind(person, *kinds)
    ]


def _unread(request: HttpRequest) -> int:
    """Notices not yet read; one indexed count, and only on a page that shows it."""
    person = person_of(request)
    return person.notices.filter(read_at=None).count() if person else 0


def _home(request: HttpRequest) -> str:
    """The first page of this person's work, "" for whoever has none."""
    person = person_of(request)
    for url, kinds in STAFF_HOMES:
        if has_kind(person, *kinds):
            try:
                return reverse(url)
            except NoReverseMatch:
                continue
    return ""
