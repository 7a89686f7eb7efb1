"""The ground's lists as Excel or CSV, with what their pages show and nothing more."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaimen.foundation.enums import RoleKind
from kaimen.foundation.notice_words import sentence
from kaimen.foundation.permissions import scope
from kaimen.foundation.sheets import MOST, at, send_table
from kaimen.foundation.views.guards import manager_only, me_of, signed_in
from kaimen.foundation.views.people import found_people
from kaimen.logic.identity import mask_text


@never_cache
@require_safe
@manager_only
def people_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Workers' names and everybody's phone masked, as on the page: one is revealed for a purpose, not all at once."""
    me = me_of(request)
    heading = [_("姓名"), _("手机号"), _("职务"), _("单位"), _("角色"), _("能不能登录")]
    rows = (
        [
            person.name if person.present_roles else person.masked_name,
            person.masked_phone,
            person.title,
            _("、").join(str(job.organisation) for job in person.present_jobs),
            _("；").join(f"{role.get_kind_display()} · {role.organisation}" for role in person.present_roles),
            _account(getattr(person, "account", None)),
        ]
        for person in found_people(request, me)[:MOST]
    )
    return send_table(kind=kind, what="people", heading=heading, rows=rows, by=me, of=me)


def _account(account: object) -> str:
    if account is None:
        return _("没有账号")
    return _("能") if getattr(account, "is_active", False) else _("已停用")


@never_cache
@require_safe
@manager_only
def organisations_export(request: HttpRequest, kind: str) -> HttpResponse:
    me = me_of(request)
    text = request.GET.get("q", "").strip()[:40]
    nodes = scope(me, RoleKind.MANAGER).select_related("parent")
    nodes = nodes.filter(name__contains=text) if text else nodes
    heading = [_("名称"), _("哪一类"), _("上级"), _("信用代码"), _("在用")]
    rows = (
        [str(n), n.get_kind_display(), str(n.parent or ""), n.uscc, _("是") if n.active else _("否")]
        for n in nodes[:MOST]
    )
    return send_table(kind=kind, what="organisations", heading=heading, rows=rows, by=me, of=me)


@never_cache
@require_safe
@signed_in
def notices_export(request: HttpRequest, kind: str) -> HttpResponse:
    me = me_of(request)
    heading = [_("时间"), _("通知"), _("看过没有")]
    rows = (
        [at(notice.created_at), mask_text(sentence(notice)), _("看过") if notice.read_at else _("没看")]
        for notice in me.notices.all()[:MOST]
    )
    return send_table(kind=kind, what="notices", heading=heading, rows=rows, by=me, of=me)
