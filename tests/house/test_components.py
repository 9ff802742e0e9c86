"""What the components promise: the worst first, reasons in words, polling that ends, judging on whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask

from trainingadmin.attendance.forecast import forecast
from trainingadmin.attendance.models import SessionKind
from trainingadmin.attendance.queries import KindSum, Meter
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.paging import Page

Render = Callable[..., Element]


@pytest.fixture
def render(app: Flask) -> Iterator[Render]:
    """Call a component by name and return its parsed markup; strictly, so broken markup fails."""

    def call(component: str, *arguments: Any, **named: Any) -> Element:
        source = (
            f'{{% from "components/{component}.html" import {component} %}}{{{{ {component}(*arguments, **named) }}}}'
        )
        markup = app.jinja_env.from_string(source).render(arguments=arguments, named=named)
        tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(markup)
        return tree

    with app.test_request_context("/list?state=paid&page=2"):
        yield call


def _text(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _classed(tree: Element, name: str) -> list[Element]:
    return [element for element in tree.iter() if name in element.get("class", "").split()]


def _finding(code: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": code, "outcome": outcome, "value": "1", "required": "2", "clause": "第一条", **more}


def test_findings_show_failures_first_then_unknown_then_warnings_and_fold_passes(render: Render) -> None:
    outcomes = ["pass", "warn", "unknown", "fail"]
    tree = render("findings", [_finding(outcome, outcome) for outcome in outcomes])
    assert [_text(name) for name in _classed(tree, "finding-name")] == ["fail", "unknown", "warn", "pass"]
    folded = next(tree.iter("details"))
    assert [_text(name) for name in _classed(folded, "finding-name")] == ["pass"]
    assert folded.get("open") is None


def test_findings_say_when_it_could_pass_and_what_to_do(render: Render) -> None:
    failing = _finding("operating-short", "fail", possible_on=date(2026, 11, 23), advice="满一年后再来")
    text = _text(render("findings", [failing]))
    assert "最早可于 2026-11-23 符合" in text
    assert "满一年后再来" in text


def test_a_missing_value_is_called_missing(render: Render) -> None:
    assert "没有数据" in _text(render("findings", [_finding("age-min", "unknown", value=None)]))


def test_moves_name_the_reason_and_who_can_act_beside_a_disabled_button(render: Render) -> None:
    barred = {"name": "pay", "label": "拨付", "allowed": False, "reason": "公示尚未结束。", "who": "财务复核"}
    tree = render("moves", [{"name": "approve", "label": "通过", "allowed": True}, barred])
    enabled, disabled = tree.iter("button")
    assert (enabled.get("value"), enabled.get("disabled")) == ("approve", None)
    assert disabled.get("disabled") is not None
    reason = next(element for element in tree.iter() if element.get("id") == disabled.get("aria-describedby"))
    assert _text(reason) == "公示尚未结束。 可由财务复核办理。"


def test_moves_carry_the_token_a_key_and_the_version(render: Render) -> None:
    tree = render("moves", [{"name": "approve", "label": "通过", "allowed": True}], hidden={"version": 3})
    values = {field.get("name"): field.get("value") for field in tree.iter("input")}
    assert set(values) == {"csrf_token", "_key", "version"}
    assert values["version"] == "3"
    assert values["_key"]


def test_moves_that_are_barred_alike_share_one_sentence(render: Render) -> None:
    barred = [
        {"name": name, "label": name, "allowed": False, "reason": "您的岗位不办理这一步。", "who": "受理岗"}
        for name in ("accept", "return", "reject")
    ]
    tree = render("moves", barred)
    assert _text(tree).count("可由受理岗办理") == 1
    said_by = {button.get("aria-describedby") for button in tree.iter("button")}
    assert said_by == {"barred-accept"}
    assert len(list(tree.iter("button"))) == 3


def test_a_year_without_payments_is_said_instead_of_drawn(render: Render) -> None:
    months = [("2026-10", Money(0)), ("2026-11", Money(0))]
    tree = render("bars", months, "近 12 个月拨付额")
    assert "这段时间没有拨付" in _text(tree)
    assert "看数字" not in _text(tree)
    assert "看数字" in _text(render("bars", [*months, ("2026-12", Money(100))], "拨付额"))


def test_nothing_to_press_makes_no_form(render: Render) -> None:
    tree = render("moves", [{"name": "pay", "label": "拨付", "allowed": False, "reason": "公示尚未结束。"}])
    assert list(tree.iter("form")) == []


@pytest.mark.parametrize(("done", "failed", "polls"), [(186, 1, True), (285, 1, False), (286, 0, False), (0, 0, True)])
def test_progress_asks_again_only_while_something_is_left(render: Render, done: int, failed: int, polls: bool) -> None:
    tree = render("progress", "/batch/1", 286, done, failed)
    assert [element.get("hx-get") for element in tree.iter("div") if element.get("hx-get")] == (
        ["/batch/1"] if polls else []
    )


def test_nothing_to_do_is_not_progress(render: Render) -> None:
    assert "全部完成" in _text(render("progress", "/batch/1", 0, 0))


def meter(attended: int, *, ahead: int) -> Meter:
    """One who attended so many of 18 000 minutes, with one session still ahead."""
    sessions = [(date(2020, 5, 22), ahead)] if ahead else []
    return Meter((KindSum(SessionKind.THEORY, 18000, attended),), forecast(attended, 18000, sessions, 80))


@pytest.mark.parametrize(("attended", "words"), [(14400, "已达到 80% 的要求"), (14399, "一次课也不能再缺")])
def test_the_meter_judges_whole_minutes(render: Render, attended: int, words: str) -> None:
    assert words in _text(render("hours_to_go", meter(attended, ahead=900)))


def test_the_meter_says_when_the_mark_is_out_of_reach(render: Render) -> None:
    assert "已无法达到 80%" in _text(render("hours_to_go", meter(13000, ahead=900)))
    assert "已无法达到 80%" in _text(render("hours_to_go", meter(14399, ahead=0)))


def test_the_pager_keeps_the_filters_and_marks_the_page(render: Render) -> None:
    tree = render("pager", Page(rows=[], number=2, total=120, size=50))
    assert [link.get("href") for link in tree.iter("a")] == [
        "/list?state=paid&page=1",
        "/list?state=paid&page=1",
        "/list?state=paid&page=3",
        "/list?state=paid&page=3",
    ]
    assert _text(_classed(tree, "here")[0]) == "2"
    assert "第 51–100 条，共 120 条" in _text(tree)


def test_steps_say_who_has_it_and_how_many_days_are_left_or_over(render: Render) -> None:
    done = {"label": "初审", "status": "done", "who": "陈晨", "when": datetime(2026, 11, 19, 7, 40, tzinfo=UTC)}
    now = {"label": "复审", "status": "now", "who": "李晓梅", "days_left": -3}
    text = _text(render("steps", [done, now]))
    assert "陈晨 2026-11-19 15:40" in text
    assert "待李晓梅处理 · 已超期 3 个工作日" in text


def test_problems_name_row_column_value_reason_and_advice(render: Render) -> None:
    problem = {"row": 9, "column": "E 身份证号", "value": "5.11E+17", "reason": "以数字保存", "advice": "设为文本"}
    cells = [
        _text(cell) for cell in next(render("problems", [problem]).iter("tbody")).iter() if cell.tag in {"th", "td"}
    ]
    assert cells == ["第 9 行", "E 身份证号", "错误", "5.11E+17", "以数字保存", "设为文本"]


def test_data_is_escaped(render: Render) -> None:
    tree = render("person", "<b>张</b>", "511824********0012")
    assert list(tree.iter("b")) == []
    assert "<b>张</b>" in _text(tree)
