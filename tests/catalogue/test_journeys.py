"""In a real browser: looking for something on the list, and changing the list."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from kaimen.catalogue.models import Service
from kaimen.foundation.models import Organisation
from tests.rig.browser import fits

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Any, address: str, person: Any) -> None:
    """A session as signing in leaves it; signing in itself has its own journey."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.account.get_session_auth_hash()
    session.save()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}
    page.context.add_cookies([cookie])


def test_a_worker_looks_for_hot_water_and_finds_the_door(lingfeng: Organisation, phone: Any) -> None:
    phone.goto("/list/")
    phone.get_by_role("searchbox").fill("宿舍热水没了")
    phone.get_by_role("link", name="宿舍维修").click()
    phone.wait_for_url("**/list/dorm-repair")
    phone.get_by_text("3 个工作日内").wait_for()
    assert phone.get_by_role("link", name="就说这件事").get_attribute("href") == "/say?service=dorm-repair"
    assert fits(phone)


def test_a_manager_changes_a_promise_and_everybody_sees_it(
    park: SimpleNamespace, umbrella: Service, desk: Any, live_server: Any
) -> None:
    sign_in(desk, live_server.url, park.manager)
    desk.goto("/manage/services")
    desk.get_by_role("link", name="借雨伞").click()
    desk.get_by_label("几个工作日内办好").fill("4")
    desk.get_by_role("button", name="存为草稿").click()
    desk.get_by_role("link", name="去公布").click()
    desk.wait_for_url("**/publish")
    assert desk.locator("ins").all_inner_texts() == ["4"]
    desk.get_by_role("button", name="公布").click()
    desk.wait_for_url("**/list/umbrella")
    desk.get_by_text("4 个工作日内").wait_for()
    desk.get_by_text("第 2 版").first.wait_for()


def test_a_manager_loads_a_sheet_and_sees_what_is_wrong_in_it(
    park: SimpleNamespace, desk: Any, live_server: Any, tmp_path: Path
) -> None:
    path = tmp_path / "list.xlsx"
    head = ["编号", "名称", "一句话说清", "领域", "给谁", "牵头组织"]
    rows = [
        ["bike", "借单车", "借一辆单车骑回去。", "生活服务", "职工", "示例住建局"],
        ["kite", "借风筝", "借一个风筝。", "没有的领域", "职工", "示例住建局"],
    ]
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet()
        for number, row in enumerate([head, *rows]):
            page.write_row(number, 0, row)
    sign_in(desk, live_server.url, park.manager)
    desk.goto("/manage/services/import")
    desk.get_by_label("Excel 文件").set_input_files(path)
    desk.get_by_role("button", name="先看一遍").click()
    desk.get_by_role("row", name="3 kite 领域").wait_for()
    desk.get_by_role("button", name="直接公布").click()
    desk.get_by_text("新的 1 项").wait_for()
    desk.goto("/list/bike")
    desk.get_by_role("heading", name="借单车").wait_for()
