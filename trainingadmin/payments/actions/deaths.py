"""Nobody is paid for whom a list reports dead: until a human has ruled on it, and if what is paid for had not ended by then."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments.models import Batch
from trainingadmin.payments.queries import deaths
from trainingadmin.payments.queries.deaths import Dead
from trainingadmin.payments.queries.rows import DueRow
from trainingadmin.payments.states import DeathMark

_SINGLY = {
    DeathMark.BEFORE: N_(
        "%(lines)s：已核实在应付事项结束前死亡，不能拨付。请打开班级或项目逐人勾选，不列此人；"
        "预支款可以取消，认为核实有误的请受理岗重新核实。"
    ),
    DeathMark.OPEN: N_(
        "%(lines)s：死亡名单命中，尚未核实，不能拨付。请受理岗或初审岗先在“外部名单”核实，"
        "或打开班级或项目逐人勾选，暂不列此人。"
    ),
}
_WHOLE = {
    DeathMark.BEFORE: N_(
        "%(lines)s：已核实在应付事项结束前死亡，不能拨付。请撤销本批次，重新制单时不列此人；"
        "认为核实有误的请受理岗重新核实。"
    ),
    DeathMark.OPEN: N_(
        "%(lines)s：死亡名单命中，尚未核实，不能拨付。请受理岗或初审岗先在“外部名单”核实，"
        "或撤销本批次，重新制单时暂不列此人。"
    ),
}
_CODES = {DeathMark.BEFORE: "death-confirmed", DeathMark.OPEN: "death-unruled"}


def refuse_chosen(due_ids: Collection[int]) -> None:
    """Refuse to compose dues of the dead: `death-confirmed`, or `death-unruled` while nobody has ruled; each line is named.

    Whoever died after what is paid for had ended may still be owed it: that is shown, and the checker decides.
    """
    _refuse(list(deaths.of_dues(due_ids).values()), _SINGLY)


def refuse_batch(batch: Batch) -> None:
    """Refuse to let a batch go on as `refuse_chosen` would refuse to compose it."""
    _refuse(list(deaths.of_batch(batch.id).values()), _WHOLE)


def without(dues: Sequence[DueRow]) -> list[DueRow]:
    """Leave the dues behind that `refuse_chosen` refuses; refuse as it does when nothing else is left."""
    found = deaths.of_dues([due.id for due in dues])
    others = [due for due in dues if due.id not in found or not found[due.id].bars]
    if not others:
        _refuse(list(found.values()), _SINGLY)
    return others


def _refuse(found: Sequence[Dead], words: dict[DeathMark, str]) -> None:
    for mark, code in _CODES.items():
        lines = [one.line for one in found if one.mark is mark]
        if lines:
            raise Refusal(code, words[mark], lines="、".join(lines))
