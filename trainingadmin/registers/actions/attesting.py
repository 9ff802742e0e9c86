"""Records what officers found on lists that they looked at elsewhere, for many people at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people import queries as people
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.registers.models import Attestation
from trainingadmin.registers.states import ABOUT, CLEAR, About, Fact

ATTESTORS = (Role.ACCEPTANCE, Role.FIRST_REVIEW)


def attest(
    fact: Fact,
    value: bool,
    *,
    persons: Collection[int] = (),
    organisation: int | None = None,
    source: str,
    as_of: date,
    note: str = "",
    by: Actor,
) -> int:
    """Record that `fact` is `value` for each of `persons`, or for `organisation`; return how many answers that made.

    A fact about the two together (insured by this firm) takes both. Refusals `attest-role`, `attest-source`,
    `attest-future`, `attest-nobody`, `attest-relative`.
    """
    values = dict.fromkeys(persons, value) if ABOUT[fact] is not About.ORGANISATION else {None: value}
    return _record(fact, values, organisation, source=source, as_of=as_of, note=note, by=by)


def attest_all(
    fact: Fact,
    *,
    persons: Collection[int],
    organisation: int | None = None,
    except_for: Collection[int] = (),
    source: str,
    as_of: date,
    note: str = "",
    by: Actor,
) -> int:
    """Record that all of `persons` were checked against one source and are clear, but for the ones found on it.

    Clear is "no", and "yes" for being insured. Refusals as for `attest`, and `attest-stranger` for an exception that
    is not among `persons`. For a fact about an organisation, use `attest`.
    """
    if not set(except_for) <= set(persons):
        raise Refusal("attest-stranger", N_("例外人员不在本次核对的名单内，请刷新页面重试。"))
    values = dict.fromkeys(persons, CLEAR[fact]) | dict.fromkeys(except_for, not CLEAR[fact])
    return _record(fact, values, organisation, source=source, as_of=as_of, note=note, by=by)


def _record(
    fact: Fact,
    values: Mapping[int, bool] | Mapping[None, bool],
    organisation: int | None,
    *,
    source: str,
    as_of: date,
    note: str,
    by: Actor,
) -> int:
    persons = [person for person in values if person is not None]
    _refuse_wrong_form(values, source, as_of)
    _refuse_wrong_hands(persons, by)
    of = None if ABOUT[fact] is About.PERSON else organisation
    if ABOUT[fact] is not About.PERSON and of is None:
        raise ValueError(f"{fact} is about an organisation")
    told = {
        "fact": fact,
        "organisation_id": of,
        "source": source.strip(),
        "as_of": as_of,
        "note": note.strip(),
        "account_id": by.id,
        "at": clock.now(),
    }
    bulk_insert(Attestation, [{**told, "person_id": person, "value": value} for person, value in values.items()])
    subject = f"organisations:{of}" if of and not persons else f"attestations:{fact.value}"
    found = sorted(person for person, value in values.items() if person is not None and value != CLEAR[fact])
    journal.record("attest", subject, by=by, fact=fact.value, as_of=as_of.isoformat(), checked=len(values), found=found)
    return len(values)


def _refuse_wrong_form(values: Mapping[int, bool] | Mapping[None, bool], source: str, as_of: date) -> None:
    if not values:
        raise Refusal("attest-nobody", N_("没有可核对的人员。"))
    if not source.strip():
        raise Refusal("attest-source", N_("请写明核对的来源，例如哪个部门的哪份名单。"), field="source")
    if as_of > clock.today():
        raise Refusal("attest-future", N_("名单日期不能晚于今天。"), field="as_of")


def _refuse_wrong_hands(persons: Collection[int], by: Actor) -> None:
    if not by.has(*ATTESTORS):
        raise Refusal("attest-role", N_("外部信息由受理岗或初审岗核对登记。"))
    barred = people.relatives_of(by)
    mine = select(Person.id).where(Person.id_number_index.in_(barred), Person.id.in_(persons)).limit(1)
    if barred and persons and db.session.scalar(mine) is not None:
        raise Refusal("attest-relative", N_("名单中有您本人或已申报的亲属，须由其他人核对。"))
