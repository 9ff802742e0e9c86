"""A browser that runs no scripts: an enterprise files a whole cohort all the same."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Opens
from tests.browser.world import World
from trainingadmin.demo import rosters
from trainingadmin.demo.bureau import FIRM, SCHOOL
from trainingadmin.kernel.dates import add_months
from trainingadmin.plumbing import clock


def test_a_cohort_is_filed_without_scripts(window: Opens, world: World) -> None:
    starts_on = clock.today() + timedelta(days=14)
    ends_on = add_months(starts_on, 12) - timedelta(days=1)
    people = rosters.apprentices(77, 3)
    sheet = rosters.roster(people, FIRM, "91511824MA0000111L", ("6-18-02-04", "焊工"), 4, starts_on, ends_on)
    enterprise = window("qiye", scripts=False)
    page = enterprise.page
    page.get_by_role("link", name="新建备案").click()
    page.get_by_label("班级名称").fill("无脚本焊工学徒班")
    page.get_by_label("焊工").check()
    page.get_by_label("培养等级").select_option("4")
    page.get_by_label("培训机构").select_option(label=SCHOOL)
    page.get_by_label("培养开始日期").fill(starts_on.isoformat())
    page.get_by_label("培养结束日期").fill(ends_on.isoformat())
    page.get_by_label("每年计划课时").fill("400")
    page.get_by_label("企业导师").fill("示例导师甲\n示例导师乙")
    enterprise.press("保存，下一步")
    for kind in ("学徒培养协议", "企校合作协议"):
        page.get_by_role("link", name="材料").first.click()
        page.get_by_label("材料种类").select_option(label=kind)
        page.set_input_files(
            "main input[type=file]", _file(f"{kind}.pdf", "application/pdf", b"%PDF-1.4\n" + kind.encode())
        )
        enterprise.press("上传")
    page.get_by_role("link", name="花名册").first.click()
    page.set_input_files("main input[type=file]", _file("花名册.xlsx", "application/octet-stream", sheet))
    enterprise.press("上传并检查")
    enterprise.press("导入")
    expect(page.get_by_text("已导入 3 人")).to_be_visible()
    page.get_by_role("link", name="概况").first.click()
    enterprise.press("提交备案")
    expect(page.get_by_text("已办理：提交备案。")).to_be_visible()
    assert enterprise.troubles == []


def _file(name: str, kind: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": data}
