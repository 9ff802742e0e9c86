"""A list from another department: sent, imported, a suspect judged, and named on the why card."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from tests.registers import lists
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import ClaimState
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers.states import Register


def somebody(world: World) -> tuple[int, str, str]:
    """Return the line, name and ID number of the first person of a claim that waits for acceptance."""
    with world.app.app_context(), transaction.unit(reads=True):
        found = (
            select(ClaimLine.id, Person.name, Person.id_number)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .join(Person, Person.id == ClaimLine.person_id)
            .where(Claim.state == ClaimState.SUBMITTED)
            .order_by(ClaimLine.id)
        )
        row = db.session.execute(found).first()
        assert row is not None
        return row[0], row[1], row[2]


def test_a_list_is_sent_imported_judged_and_named_on_the_why_card(window: Opens, walker: Walks, world: World) -> None:
    line, name, number = somebody(world)
    today = clock.today()
    suspect: dict[str, Value] = {"name": "何建明", "id_number": number, "from_on": today - timedelta(days=900)}
    data = lists.made_up(Register.PENSION, [suspect], as_of=today.isoformat(), department="社会保险经办机构（示例）")
    officer = window("shouli")
    page = officer.page
    officer.open("/desk")
    page.get_by_role("link", name="外部名单").click()
    page.set_input_files(
        "input[type=file]", {"name": "养老.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_role("link", name=name, exact=True).click()
    officer.expect_usable()
    page.get_by_label("排除：不是同一人（单位），或内容不适用").check()
    page.get_by_label("核实经过和依据").fill("电话向社保局核实，号码登记有误")
    page.get_by_role("button", name="登记").click()
    claim = world.claim(ClaimState.SUBMITTED)
    officer.open(claim)
    page.get_by_role("button", name="重新核验").click()
    officer.open(f"/claims/lines/{line}")
    words = f"养老待遇名单 {today} 快照第 4 行，陈晨核实后排除"
    assert words in (page.locator("main").text_content() or "")
    expected = {"registers.index", "registers.show", "registers.matches", "registers.match"}
    assert walker(officer).walk("/registers/", "/registers/matches?ruled=done", own=expected) >= expected


def test_a_broken_list_says_where_and_changes_nothing(window: Opens) -> None:
    data = lists.made_up(Register.DEATH, [{"name": "某人", "id_number": "1"}])
    officer = window("chushen")
    officer.open("/registers/")
    page = officer.page
    page.set_input_files(
        "input[type=file]", {"name": "死亡.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_text("没有导入任何内容").first.wait_for()
    officer.expect_usable()
    expect(page.get_by_role("link", name="下载标出错处的文件")).to_be_visible()
