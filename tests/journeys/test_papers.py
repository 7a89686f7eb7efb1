"""A red-headed paper from the office's letterhead to the file its receiver works on in; a motion, a reply."""

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from PIL import Image, ImageDraw

from kaimen.letters.models import IssuedNumber, Letter, Mailing
from tests.journeys.cast import Lingfeng, fits, shown, sign_in
from tests.journeys.test_letters import drain

ROSTER = "姓名,单位,地址,主送\n示例王秀英,示例精密机械有限公司,315800 示例路 18 号,各企业工会\n"
WORDS = "请各企业工会在**11月30日**前把厂门口缺多少车位报上来。"


def mark() -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGBA", (480, 480))
    ImageDraw.Draw(picture).ellipse((20, 20, 460, 460), outline="#b3261e", width=36)
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_red_headed_paper_gets_its_number_and_can_be_worked_on(
    desk: Any, phone: Any, settings: Any, tmp_path: Path
) -> None:
    """Some seconds: a real browser, real jobs, a real Word file."""
    settings.MEDIA_ROOT = tmp_path
    park = Lingfeng()
    sign_in(desk, park.supervisor)
    settings.PUBLIC_URL = desk.evaluate("location.origin")

    desk.goto("/letters/")
    desk.get_by_role("link", name="信头").click()
    no_mark = {"name": "示例.png", "mimeType": "image/png", "buffer": b"no picture at all"}
    desk.get_by_label("选一张图").set_input_files(no_mark)
    desk.get_by_role("button", name="放上去").click()
    assert "不是图片" in shown(desk)
    desk.get_by_label("选一张图").set_input_files(no_mark | {"buffer": mark()})
    desk.get_by_role("button", name="放上去").click()
    assert "放上去了" in shown(desk)

    desk.goto("/letters/templates/")
    desk.get_by_role("button", name="添上现成的").click()
    desk.get_by_role("link", name="正式文件（红头）").click()
    desk.get_by_label("标题").fill("关于报送车位缺口的通知")
    desk.get_by_label("正文").fill(WORDS)
    desk.get_by_label("盖不盖章").select_option("unsealed")
    desk.get_by_role("button", name="存下").click()

    desk.goto("/letters/new")
    desk.get_by_label("这次叫什么").fill("示例红头文件")
    desk.get_by_label("用哪个模板").select_option(label="正式文件（红头）")
    desk.get_by_label("怎么送").select_option("print")
    desk.get_by_role("button", name="下一步：写给谁").click()
    table = {"name": "list.csv", "mimeType": "text/csv", "buffer": ROSTER.encode()}
    desk.get_by_label("收信人名单").set_input_files(table)
    desk.get_by_role("button", name="用这张表").click()
    assert "发文字号：本单位的发文代字还没填" in shown(desk)
    draft = desk.url

    desk.goto("/letters/head")
    desk.get_by_label("发文代字").fill("示例灵工")
    desk.get_by_role("button", name="存下").click()
    desk.goto(draft)
    desk.get_by_role("button", name="再看一遍").click()
    desk.get_by_role("button", name="做这 1 封信").click()
    drain()
    number = str(IssuedNumber.objects.get(mailing=Mailing.objects.get()))
    assert number.startswith("示例灵工发〔") and number.endswith("〕1号")
    desk.goto("/letters/head")
    desk.get_by_text("发过的文").first.click()
    assert number in shown(desk)

    letter = Letter.objects.get()
    sign_in(phone, park.supervisor)
    phone.goto(f"/letters/one/{letter.pk}")
    with phone.expect_download() as taken:
        phone.get_by_role("link", name="下载 Word").click()
    lines = [line.text for line in docx.Document(taken.value.path()).paragraphs]
    assert number in lines and "关于报送车位缺口的通知" in lines and "各企业工会：" in lines
    phone.goto("/letters/head")
    assert fits(phone)
