"""The filings of the demo: the sample cohort from file to certificate, and others at every stage on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from trainingadmin.claims import actions as claims
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts.actions import Plan
from trainingadmin.demo import bureau, chain, classes, door, grants, lists, rosters, work
from trainingadmin.demo.bureau import actor
from trainingadmin.demo.chain import Story
from trainingadmin.kernel.dates import add_months
from trainingadmin.notices import actions as notices
from trainingadmin.payments.states import DueKind
from trainingadmin.plumbing import clock

WELDER = ("6-18-02-04", "焊工")
FITTER = ("6-31-01-02", "机修钳工")
ELECTRICIAN = ("6-31-01-03", "电工")
TEN = 10


def sample() -> Story:
    """The sample cohort of 2020: thirty people, 24 months to 三级, half paid in advance."""
    plan = Plan(
        title="2020年机械加工学徒班",
        occupation_codes=(WELDER[0], FITTER[0], ELECTRICIAN[0]),
        target_level=3,
        institution_id=bureau.organisation(bureau.SCHOOL).id,
        starts_on=date(2020, 5, 1),
        ends_on=date(2022, 4, 30),
        plan_hours_per_year=400,
        mentors=("易娟梅", "冯强春", "段敏正", "宋婷洁", "白颖婷"),
        advance_percent=50,
    )
    name, sheet = "apprentices-石棉-2020-ok.xlsx", "attendance-apprentices-2020.csv"
    return Story(
        plan,
        (name, (rosters.SAMPLES / name).read_bytes()),
        (sheet, (rosters.SAMPLES / sheet).read_bytes()),
        filed_on=date(2020, 4, 20),
    )


def made_up(
    seed: int,
    title: str,
    occupation: tuple[str, str],
    ends_on: date,
    *,
    sessions: int = 40,
    advance_percent: int = 0,
    absent: dict[int, int] | None = None,
) -> Story:
    """A filing of ten made-up people, twelve months to 四级, ending on `ends_on`."""
    starts_on = add_months(ends_on + timedelta(days=1), -12)
    people, firm = rosters.apprentices(seed, TEN), bureau.organisation(bureau.FIRM)
    plan = Plan(
        title=title,
        occupation_codes=(occupation[0],),
        target_level=4,
        institution_id=bureau.organisation(bureau.SCHOOL).id,
        starts_on=starts_on,
        ends_on=ends_on,
        plan_hours_per_year=400,
        mentors=("示例导师甲", "示例导师乙"),
        advance_percent=advance_percent,
    )
    roster = rosters.roster(people, firm.name, firm.credit_code, occupation, 4, starts_on, ends_on)
    sheet = rosters.sign_ins(people, starts_on, sessions, absent or {}) if sessions else None
    return Story(
        plan,
        (f"{title}-花名册.xlsx", roster),
        (f"{title}-签到.csv", sheet) if sheet else None,
        filed_on=starts_on - timedelta(days=12),
    )


def paid_with_certificates() -> None:
    """The sample cohort: advance paid, one person short of hours, the rest paid."""
    story = sample()
    chain.train(story)
    chain.pay(DueKind.ADVANCE, date(2020, 6, 1))
    chain.claim(story, date(2022, 6, 13))
    chain.publish(story, date(2022, 6, 20), "企业新型学徒制培训补贴公示（2022年第1批）")
    chain.on(date(2022, 6, 28), notices.clear_due)
    chain.pay(DueKind.BALANCE, date(2022, 6, 28))


def paid_but_one_failed() -> None:
    """A cohort of 2024: one line came back from the bank and waits for a corrected account."""
    story = made_up(1, "2024年焊工四级学徒班", WELDER, date(2025, 2, 28))
    chain.train(story)
    chain.claim(story, date(2025, 4, 7))
    chain.publish(story, date(2025, 4, 14), "企业新型学徒制培训补贴公示（2025年第1批）")
    chain.on(date(2025, 4, 22), notices.clear_due)
    chain.pay(DueKind.BALANCE, date(2025, 4, 22), fail=frozenset({3}))


def paid_lately(seed: int, days_ago: int) -> Callable[[], None]:
    """A cohort paid some months ago, so that the desk's chart has something to show."""

    def tell() -> None:
        day = clock.today() - timedelta(days=days_ago)
        story = made_up(
            seed,
            f"{day.year - 1}年电工四级学徒{seed}班",
            ELECTRICIAN,
            day - timedelta(days=100),
            absent={seed % TEN + 1: 12},
        )
        _to_clearing(story, day - timedelta(days=45))
        chain.pay(DueKind.BALANCE, day)

    return tell


def batch_waits_for_its_checker() -> None:
    """A batch that was composed and waits for a second person."""
    today = clock.today()
    story = made_up(2, "2025年机修钳工四级学徒班", FITTER, today - timedelta(days=110))
    _to_clearing(story, today - timedelta(days=60))
    chain.pay(DueKind.BALANCE, today - timedelta(days=3), until="compose")


def _to_clearing(story: Story, day: date) -> None:
    chain.train(story)
    chain.claim(story, day)
    chain.publish(story, day + timedelta(days=6), f"{story.plan.title}补贴公示")
    chain.on(day + timedelta(days=40), notices.clear_due)


def cleared_and_due() -> None:
    """A claim whose notice is over: finance can compose it."""
    today = clock.today()
    _to_clearing(
        made_up(3, "2025年电工四级学徒班", ELECTRICIAN, today - timedelta(days=100)), today - timedelta(days=55)
    )


def in_notice() -> None:
    """A claim in its public notice now."""
    today = clock.today()
    story = made_up(4, "2025年焊工四级学徒二班", WELDER, today - timedelta(days=60), absent={5: 12})
    chain.train(story)
    chain.claim(story, today - timedelta(days=20))
    chain.publish(story, today - timedelta(days=1), "企业新型学徒制培训补贴公示（正在公示）")


def claim_up_to(seed: int, until: str) -> Callable[[], None]:
    """A claim on one of the reviewers' desks."""

    def tell() -> None:
        today = clock.today()
        story = made_up(
            seed,
            f"{today.year}年{'焊工' if seed % 2 else '电工'}四级学徒{seed}班",
            WELDER if seed % 2 else ELECTRICIAN,
            today - timedelta(days=50),
        )
        chain.train(story)
        chain.claim(story, today - timedelta(days=8), until=until)

    return tell


def refused() -> None:
    """A claim refused at first review, with the reason."""
    today = clock.today()
    story = made_up(
        9, "2025年机修钳工四级学徒二班", FITTER, today - timedelta(days=70), absent=dict.fromkeys(range(1, 9), 15)
    )
    chain.train(story)
    chain.claim(story, today - timedelta(days=30), until="accept")
    reason = "十名学徒中八名出勤不足计划课时的 80%，与企业提交的培训记录不符，不予批准。"
    chain.on(
        today - timedelta(days=25), lambda: claims.move(story.claim, "refuse_checked", by=actor("chushen"), note=reason)
    )


def returned_for_completion() -> None:
    """A claim that the enterprise must complete."""
    today = clock.today()
    story = made_up(10, "2025年电工四级学徒二班", ELECTRICIAN, today - timedelta(days=75))
    chain.train(story)
    chain.claim(story, today - timedelta(days=10), until="submit")
    reason = "请补充第 3 号学徒的技能等级证书复印件，并核对证书编号。"
    chain.on(today - timedelta(days=8), lambda: claims.move(story.claim, "return", by=actor("shouli"), note=reason))


def in_training() -> None:
    """A cohort in the middle of its year, half of it to be paid in advance."""
    today = clock.today()
    story = made_up(
        11,
        f"{today.year}年机修钳工四级学徒班",
        FITTER,
        today + timedelta(days=150),
        sessions=28,
        advance_percent=50,
        absent={4: 9, 7: 3},
    )
    chain.train(story)


def filing_at(seed: int, move: str) -> Callable[[], None]:
    """A filing on the officers' desks, or back with the enterprise."""

    def tell() -> None:
        today = clock.today()
        story = made_up(seed, f"{today.year}年秋季学徒{seed}班", WELDER, today + timedelta(days=360), sessions=0)
        if move == "draft":
            chain.draft(story)
            return
        chain.submit(story)
        if move == "accept":
            chain.on(
                story.filed_on + timedelta(days=2), lambda: cohorts.move(story.cohort, "accept", by=actor("shouli"))
            )
        elif move == "return":
            reason = "合作协议缺少培训机构盖章页，请补充后重新提交。"
            chain.on(
                story.filed_on + timedelta(days=2),
                lambda: cohorts.move(story.cohort, "return", by=actor("shouli"), note=reason),
            )

    return tell


STORIES: tuple[tuple[str, Callable[[], None]], ...] = (
    ("已拨付并签发凭证 · paid, with certificates", paid_with_certificates),
    ("一笔被银行退回 · one line failed at the bank", paid_but_one_failed),
    ("近月已拨付 · paid some months ago", paid_lately(21, 240)),
    ("近月已拨付 · paid some months ago", paid_lately(22, 150)),
    ("近月已拨付 · paid some months ago", paid_lately(23, 60)),
    ("批次待复核 · a batch waits for its checker", batch_waits_for_its_checker),
    ("待编批 · due, not yet in a batch", cleared_and_due),
    ("公示中 · in public notice", in_notice),
    ("待审批 · waits for approval", claim_up_to(5, "review")),
    ("待复审 · waits for second review", claim_up_to(6, "check")),
    ("待初审 · waits for first review", claim_up_to(7, "accept")),
    ("待受理 · waits for acceptance", claim_up_to(8, "submit")),
    ("不予批准 · refused", refused),
    ("待补正 · returned", returned_for_completion),
    ("培养中 · in training", in_training),
    ("今天有课，可以扫码签到 · a session is on today", door.class_today),
    ("备案待受理 · filing submitted", filing_at(12, "submit")),
    ("备案待审核 · filing accepted", filing_at(13, "accept")),
    ("备案待补正 · filing returned", filing_at(14, "return")),
    ("备案草稿 · filing drafted", filing_at(15, "draft")),
    ("其他部门的名单 · lists from other departments", lists.sent_by_others),
    ("专项职业能力目录已发布 · the catalogue of special skills is published", classes.catalogue),
    ("培训班已结业，申领待初审 · a class has ended, its claim waits for first review", classes.class_claimed),
    ("培训班开班中，调课待审核 · a class in session, a change of it to be decided", classes.class_in_training),
    ("以工代训三个月，申领待受理 · three months of training at work, claimed for", work.work_claimed),
    (
        "创业补贴待第二人确认核查 · a start-up grant whose visit waits for the second officer",
        grants.founders_on_the_phone,
    ),
)


def tell_all() -> Iterator[str]:
    """Tell every story, naming each before it is told."""
    for name, tell in STORIES:
        yield name
        tell()
