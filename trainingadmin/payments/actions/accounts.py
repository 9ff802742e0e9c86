"""A payee's corrected account: looked at by somebody who did not enter it before anything goes there."""

from __future__ import annotations

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import same_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.payments.models import AccountReview
from trainingadmin.payments.queries.answered.accounts import Returned, index_of
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db

REVIEWERS = (Role.FIRST_REVIEW, Role.CHECKER)


def review_account(returned: Returned, *, passed: bool, note: str, by: Actor) -> AccountReview:
    """Pass or refuse the account that a payee entered after the bank sent money back.

    Refusals `move-role`, `account-unchanged` while it is still the one that failed, `payee-name` unless it bears the
    payee's own name, `move-same-person` for who entered it, `relative`, `move-note` refusing without a reason.
    """
    if not by.has(*REVIEWERS):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    if not returned.changed:
        raise Refusal("account-unchanged", N_("收款账户自银行退回后没有变化，请先通知收款方更正。"))
    if passed and not (returned.payee.complete and same_name(returned.payee.holder, returned.payee.name)):
        raise Refusal("payee-name", N_("收款户名与登记的名称不一致，或账户不完整，不能通过。"))
    if returned.entered is not None and returned.entered.human == by.human:
        raise Refusal("move-same-person", N_("账户是您录入的，须由另一人复核。"))
    people.refuse_relatives([returned.key] if returned.kind == "person" else [], by=by)
    if not passed and not note.strip():
        raise Refusal("move-note", N_("请写明理由，对方会看到。"), field="note")
    return _noted(returned, passed, note.strip(), by)


def _noted(returned: Returned, passed: bool, note: str, by: Actor) -> AccountReview:
    review = AccountReview(
        owner=returned.owner,
        account_index=index_of(returned.payee.account),
        tail=returned.payee.number[-4:],
        passed=passed,
        note=note,
        account_id=by.id,
        human=by.human,
        name=by.name_as(*REVIEWERS),
        at=clock.now(),
    )
    db.session.add(review)
    db.session.flush()
    subject = f"persons:{returned.key}" if returned.kind == "person" else f"organisations:{returned.key}"
    journal.record("review-account", subject, by=by, passed=passed, tail=review.tail, note=note)
    return review
