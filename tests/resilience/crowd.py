"""Many people at one moment, over HTTP and real processes: the same post fifty times, six claims against one cap.

Each scene prepares its rows, lets them come, and returns what is wrong afterwards; nothing when all is well. What the
tests run small, `python -m bench.at_once` runs in full. A scene that is broken on purpose must find something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select, text

from tests.claims import small
from tests.factories import Office
from tests.payments import stage
from tests.servers import web_server
from tests.visitor import Answer, Post, Visitor, at_once
from trainingadmin.claims.models import ClaimLine
from trainingadmin.claims.states import COMMITTED
from trainingadmin.kernel.money import Money, total
from trainingadmin.ledger import verification
from trainingadmin.payments import actions
from trainingadmin.payments.actions import Budget
from trainingadmin.payments.models import Batch, Payment
from trainingadmin.payments.queries import dues
from trainingadmin.payments.states import PaymentState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.schemes import version_on
from trainingadmin.settings import Settings

GUARDED, NAIVE = "wsgi:app", "tests.resilience.naive:app"


class Breaking(NamedTuple):
    """What a control takes away: the shared key of a form, the guards of the application."""

    keys: bool = False
    guards: bool = False
    workers: int = 2
    """How many web processes there are: no guard, but what makes posts simultaneous."""


SOUND = Breaking()


@contextmanager
def served(settings: Settings, breaking: Breaking) -> Iterator[str]:
    """Serve a database by processes of their own; nothing listens where the queue should be."""
    env = {
        "TRAININGADMIN_VAR": str(settings.var),
        "TRAININGADMIN_DEMO": "1",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    if breaking.guards:
        with transaction.unit():
            db.session.execute(text("DROP INDEX uq_payments_live"))
    db.session.rollback()
    with web_server(env, workers=breaking.workers, app=NAIVE if breaking.guards else GUARDED) as server:
        yield server.url


def _visitor(url: str, login: str) -> Visitor:
    visitor = Visitor()
    assert visitor.sign_in(url, login)[0] == 200
    return visitor


# The same post many times over -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Repeats:
    """Posts sent many times at once: `times` each, with one key or with one each."""

    times: int
    own_keys: bool
    found: list[str]

    def send(self, what: str, post: Post) -> Answer:
        """Send a post so many times at once, insist on one answer, and that another body with the key is refused."""
        answers = Counter(at_once([self._with_key(post, what, at) for at in range(self.times)]))
        if len(answers) > 1:
            self.found.append(f"{what}: {dict(answers)}")
        if not self.own_keys:
            again = self._with_key(post, what, 0)._replace(fields={**post.fields, "_key": what, "note": "换了内容"})
            if (status := post.visitor.post(post.url, again.fields, post.file).status) != 409:
                self.found.append(f"{what}: another body with the same key was answered {status}")
        return next((one for one in answers if one.status == 302), Answer(0, ""))

    def _with_key(self, post: Post, what: str, at: int) -> Post:
        return post._replace(fields={**post.fields, "_key": f"{what}-{at}" if self.own_keys else what})


def identical_posts(office: Office, settings: Settings, claims: int, times: int, breaking: Breaking) -> list[str]:
    """Compose, check, release and settle each of some claims by many identical posts: one payment each."""
    for _ in range(claims):
        stage.cleared_claim(office, stage.approved_cohort(office, 1, advance=0))
    stage.plan()
    with transaction.unit(reads=True):
        keys = [group.key for group in dues.payables(office.actor("preparer"))]
    repeats = Repeats(times, breaking.keys, [])
    with served(settings, breaking) as url:
        preparer, checker = _visitor(url, "preparer"), _visitor(url, "checker")
        token = preparer.token(f"{url}/payments/payables")
        terms = {"csrf_token": token, "funding_source": stage.FUND, "budget_item": stage.BUDGET}
        for number, key in enumerate(keys):
            page = Post(preparer, f"{url}/payments/payables", {**terms, "groups": key})
            made = repeats.send(f"compose {number}", page)
            _to_the_end(repeats, number, f"{url}{made.location}", preparer, checker)
    return repeats.found + _paid_once(claims)


def _to_the_end(repeats: Repeats, number: int, batch: str, preparer: Visitor, checker: Visitor) -> None:
    fields = {**_seen(batch), "csrf_token": checker.token(batch)}
    for name in ("check", "release"):
        repeats.send(f"{name} {number}", Post(checker, f"{batch}/move", {**fields, "move": name}))
    with transaction.unit(reads=True):
        data = stage.bank_answer(db.session.get_one(Batch, _id(batch)))
    fields = {"csrf_token": preparer.token(batch)}
    repeats.send(f"settle {number}", Post(preparer, f"{batch}/answer", fields, ("answer", data)))


def _id(batch: str) -> int:
    return int(batch.rpartition("/")[2])


def _seen(url: str) -> dict[str, str]:
    with transaction.unit(reads=True):
        batch = db.session.get_one(Batch, _id(url))
        return {"count": str(batch.count), "total": str(batch.total.fen), "digest": batch.digest}


def _paid_once(claims: int) -> list[str]:
    with transaction.unit(reads=True):
        counted = {
            "batches": db.session.scalar(select(func.count()).select_from(Batch)),
            "payments": db.session.scalar(select(func.count()).select_from(Payment)),
            "paid": db.session.scalar(select(func.count()).where(Payment.state == PaymentState.PAID)),
        }
        broken = verification.verify().breaches
    wrong = [f"{what}: {count} of {claims}" for what, count in counted.items() if count != claims]
    return wrong + [str(breach) for breach in broken]


# One cap, many claims -------------------------------------------------------------------------------------------------


def claims_against_caps(office: Office, settings: Settings, people: int, each: int, breaking: Breaking) -> list[str]:
    """Approve each person's claims at the same moment: half may be paid so often a year, half once for their level."""
    cap = version_on(stage.SCHEME, small.FILED_ON).parameters.trainings_per_person_year_max
    waiting = [_claims_of(office, serial, each, same=serial % 2 == 1) for serial in range(people)]
    with served(settings, breaking) as url:
        approver = _visitor(url, "approval")
        token = approver.token(f"{url}/password")
        for mine in waiting:
            posts = [_approving(approver, url, claim_id, token) for claim_id in mine]
            at_once(posts)
    return [
        wrong
        for serial, mine in enumerate(waiting)
        for wrong in _over(mine, 1 if serial % 2 == 1 else min(cap, each), serial)
    ]


def _claims_of(office: Office, serial: int, each: int, *, same: bool) -> list[int]:
    ids = []
    for number in range(each):
        occupation = "焊工" if same else f"焊工{number}"
        cohort = small.cohort_of(office, 1, first=serial + 1, occupation=occupation)
        ids.append(small.walked(office, cohort, until="review").id)
    return ids


def _approving(approver: Visitor, url: str, claim_id: int, token: str) -> Post:
    fields = {"move": "approve", "note": "", "csrf_token": token, "_key": f"approve-{claim_id}"}
    return Post(approver, f"{url}/claims/{claim_id}/move", fields)


def _over(claim_ids: Sequence[int], cap: int, serial: int) -> list[str]:
    with transaction.unit(reads=True):
        bound = select(func.count()).where(ClaimLine.claim_id.in_(claim_ids), ClaimLine.state.in_(COMMITTED))
        count = db.session.scalar(bound) or 0
    return [] if count == cap else [f"person {serial}: {count} approved, {cap} allowed"]


# One budget, many batches ---------------------------------------------------------------------------------------------


def batches_against_budget(
    office: Office, settings: Settings, batches: int, room: int, breaking: Breaking
) -> list[str]:
    """Compose batches at the same moment of which only so many fit into the year's limit."""
    for _ in range(batches):
        stage.cleared_claim(office, stage.approved_cohort(office, 1, advance=0))
    stage.plan()
    limit = Money(stage.RATE.fen * room + stage.RATE.fen // 2)
    with transaction.unit():
        year = clock.today().year
        line = Budget(office.enterprise.office_code, year, stage.FUND, stage.BUDGET)
        actions.appropriate(line, limit, "雅财社〔2026〕1号", by=office.actor("checker"))
    with transaction.unit(reads=True):
        keys = [group.key for group in dues.payables(office.actor("preparer"))]
    with served(settings, breaking) as url:
        preparer = _visitor(url, "preparer")
        terms = {"csrf_token": preparer.token(f"{url}/payments/payables"), "funding_source": stage.FUND}
        terms["budget_item"] = stage.BUDGET
        pages = [{**terms, "groups": key, "_key": f"budget-{at}"} for at, key in enumerate(keys)]
        at_once([Post(preparer, f"{url}/payments/payables", page) for page in pages])
    with transaction.unit(reads=True):
        taken = total(db.session.scalars(select(Payment.amount)))
        broken = [str(breach) for breach in verification.verify().breaches]
    wrong = [] if taken == Money(stage.RATE.fen * room) else [f"{taken} taken of {limit}, {room} batches fit"]
    return wrong + broken
