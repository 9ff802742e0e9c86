"""Files as enterprises would send them: rosters of made-up apprentices and their sign-in sheets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from trainingadmin.kernel.identifiers import id_check_digit
from trainingadmin.kernel.levels import level_name
from trainingadmin.plumbing.spreadsheets.writing import Column, Value, write_csv, write_table

SAMPLES = Path(__file__).parent / "samples"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = (
    "建国",
    "秀英",
    "志强",
    "丽华",
    "永福",
    "春梅",
    "德明",
    "晓燕",
    "国庆",
    "玉兰",
    "文军",
    "海燕",
    "光明",
    "小芳",
)
_YI = ("阿措·尔布", "吉克·拉铁", "沙马·木呷", "俄木·阿支")
ROSTER_TITLES = (
    "序号", "姓名", "性别", "民族", "身份证号", "学历", "户籍地", "人员类别", "岗位", "劳动合同起", "劳动合同止", "参保单位", "参保起始月",
    "培训职业(工种)", "职业编码", "目标等级", "原证书等级", "原证书编号", "企业导师", "机构教师", "培养起", "培养止", "手机", "备注",
)  # fmt: skip
SIGN_IN_TITLES = (
    "班期号", "班组", "日期", "时段", "计划开始", "计划结束", "课程", "教师", "课时", "序号", "姓名", "身份证号", "签到", "签退", "状态",
)  # fmt: skip
MENTORS = ("示例导师甲", "示例导师乙")
COURSES = ("安全生产", "机械识图", "金属材料", "焊接工艺", "设备维护", "质量控制")


@dataclass(frozen=True, slots=True, repr=False)
class Apprentice:
    """A made-up person of a roster."""

    name: str
    male: bool
    id_number: str
    phone: str


def apprentices(seed: int, count: int) -> list[Apprentice]:
    """Return `count` made-up people; ID serials are 000–009, which are never given out."""
    dice = random.Random(seed)  # noqa: S311 - made-up people, the same at every start
    people = []
    for at in range(count):
        born_on = date(1984, 1, 1) + timedelta(days=seed * 613 % 3000 + at * 97)
        serial = dice.randrange(10)
        first_17 = f"513125{born_on:%Y%m%d}{serial:03d}"
        name = dice.choice(_YI) if at % 7 == 3 else dice.choice(_SURNAMES) + dice.choice(_GIVEN)
        people.append(
            Apprentice(name, serial % 2 == 1, first_17 + id_check_digit(first_17), f"140000{seed % 100:02d}{at:03d}")
        )
    return people


def roster(
    people: Sequence[Apprentice],
    firm: str,
    code: str,
    occupation: tuple[str, str],
    level: int,
    starts_on: date,
    ends_on: date,
) -> bytes:
    """Return a 学徒花名册 as .xlsx, laid out as the bureau's form."""
    contract_to = date(ends_on.year + 1, 12, 31)
    rows = [
        [
            at, one.name, "男" if one.male else "女", "汉族", one.id_number, "中专", "四川省雅安市石棉县", "在岗", "生产班",
            starts_on.isoformat(), contract_to.isoformat(), firm, f"{starts_on:%Y-%m}", occupation[1], occupation[0], level_name(level),
            "", "", MENTORS[(at - 1) // 8], "高兴云", starts_on.isoformat(), ends_on.isoformat(), one.phone, "",
        ]
        for at, one in enumerate(people, start=1)
    ]  # fmt: skip
    return write_table(
        [Column(title) for title in ROSTER_TITLES],
        rows,
        heading=("企业新型学徒制培训学徒花名册", f"填报单位(盖章):{firm}　统一社会信用代码:{code}"),
        sheet="学徒花名册",
    )


def sign_ins(people: Sequence[Apprentice], starts_on: date, sessions: int, absent: dict[int, int]) -> bytes:
    """Return sign-in lines of weekly three-hour classes; `absent` gives how many of the last ones a number missed."""
    rows: list[list[Value]] = []
    for at in range(sessions):
        day = starts_on + timedelta(days=7 * at + 2)
        for number, one in enumerate(people, start=1):
            missed = at >= sessions - absent.get(number, 0)
            times = (
                ("", "", "缺勤")
                if missed
                else (f"08:5{(at + number) % 10}:{number:02d}", f"12:0{(at + number) % 9}:{at:02d}", "到")
            )
            rows.append(
                [
                    "",
                    "甲",
                    day.isoformat(),
                    "上午",
                    "09:00",
                    "12:00",
                    COURSES[at % len(COURSES)],
                    "高兴云",
                    4,
                    number,
                    one.name,
                    one.id_number,
                    *times,
                ]
            )
    return write_csv([Column(title) for title in SIGN_IN_TITLES], rows, guarded=False)
