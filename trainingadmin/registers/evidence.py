"""What lists and officers together say of people and their firm on a day, each answer with its source.

The one rule of precedence: of the list in force and what an officer recorded, the one that speaks of the later day
counts; on the same day the officer does. An officer's ruling on a line belongs to the list. What an applicant's own
roster states comes after both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.roles import CITY
from trainingadmin.people.models import Organisation
from trainingadmin.registers import queries
from trainingadmin.registers.matching import CIVIL_SERVICE, ILLEGAL, runs_on
from trainingadmin.registers.queries import Answer, Attested, Found, Shelf, Snapshot
from trainingadmin.registers.states import REGISTER_LABELS, Fact, Match, Register

Source = Mapping[str, Any]


class Asked(NamedTuple):
    """A person, and the day that is asked about."""

    person_id: int
    day: date


@dataclass(frozen=True, slots=True)
class Known:
    """An answer, None while a human has to decide, and where it comes from."""

    value: bool | None
    source: Source


class Business(NamedTuple):
    """A line of a business register, as a source, and the office whose register it is."""

    line: Found
    source: Source
    office_code: str


class Told:
    """What is known of the people asked about and of their firm."""

    def __init__(
        self, firm: Organisation | None, attested: Attested, shelf: Shelf, lines: Mapping[tuple[int, int], list[Found]]
    ) -> None:
        self._firm, self._attested, self._shelf, self._lines = firm, attested, shelf, lines

    @property
    def shelf(self) -> Shelf:
        """The lists that were looked at."""
        return self._shelf

    def of(self, fact: Fact, asked: Asked) -> Known | None:
        """Return the answer on `fact` by the rule of precedence; None when neither list nor officer speaks of it."""
        listed = self._listed(fact, asked)
        answer = self._attested.of(
            fact, person_id=asked.person_id, organisation_id=self._firm.id if self._firm else None
        )
        if answer is not None and (listed is None or answer.as_of >= listed[1]):
            return Known(answer.value, _attestation(answer))
        return listed[0] if listed else None

    def death(self, asked: Asked) -> Known | None:
        """Tell whether the person had died by the day asked about; None when no list names them."""
        found = self._on(Register.DEATH, asked)
        known = _decide(found, lambda line: line.from_on is not None and line.from_on <= asked.day)
        return known if known is not None and known.value is not False else None

    def insured(self, asked: Asked) -> bool:
        """Tell whether anybody insures the person on the day, by a line that nobody ruled out."""
        return any(_stands(line) and runs_on(line, asked.day) for _, line in self._on(Register.INSURANCE, asked))

    def died_on(self, asked: Asked) -> date | None:
        """Return the day of a death by the day asked about; None where no line counts, or a human must decide first."""
        days = [line.from_on for _, line in self._on(Register.DEATH, asked) if line.from_on and _counts(line)]
        return min((day for day in days if day <= asked.day), default=None)

    def groups(self, asked: Asked) -> list[Found] | None:
        """Return the lines of status lists about the person that no human has to decide; None without a list."""
        snapshots = self._shelf.on(Register.STATUS, asked.day)
        if not snapshots:
            return None
        lines = [line for one in snapshots for line in self._lines.get((one.id, asked.person_id), ())]
        return [line for line in lines if _counts(line)]

    def businesses(self, asked: Asked) -> list[Business]:
        """Return the lines of business registers that name the person as who runs the business, none ruled out."""
        found = self._on(Register.BUSINESS, asked)
        return [Business(line, _source(one, line), one.office_code) for one, line in found if _stands(line)]

    def keeps(self, kind: Register, day: date) -> Source | None:
        """Return the newest list of a kind that speaks of the day as a source, None where there is none."""
        snapshots = self._shelf.on(kind, day)
        return _source(snapshots[0], None) if snapshots else None

    def memberships(self, asked: Asked) -> list[tuple[str, Found, Source]]:
        """Return the groups that status lists name the person in, each with its line; none ruled out or doubtful."""
        found = self._on(Register.STATUS, asked)
        return [(one.topic, line, _source(one, line)) for one, line in found if _counts(line)]

    def _listed(self, fact: Fact, asked: Asked) -> tuple[Known, date] | None:
        match fact:
            case Fact.PENSION_DRAWN:
                return self._decided(Register.PENSION, asked, lambda line: runs_on(line, asked.day))
            case Fact.CIVIL_SERVICE_PENSION:
                return self._decided(
                    Register.INSURANCE, asked, lambda line: CIVIL_SERVICE in line.word and runs_on(line, asked.day)
                )
            case Fact.INSURED_BY_APPLICANT if self._firm is not None:
                code = self._firm.credit_code
                return self._decided(
                    Register.INSURANCE, asked, lambda line: line.credit_code == code and runs_on(line, asked.day)
                )
            case Fact.ENTERPRISE_BLACKLISTED if self._firm is not None:
                return self._blacklisted(self._firm, asked.day)
            case _:
                return None

    def _decided(self, kind: Register, asked: Asked, met: Callable[[Found], bool]) -> tuple[Known, date] | None:
        snapshots = self._shelf.on(kind, asked.day)
        if not snapshots:
            return None
        known = _decide(self._on(kind, asked), met) or Known(False, _source(snapshots[0], None))
        return known, max(one.as_of for one in snapshots)

    def _on(self, kind: Register, asked: Asked) -> list[tuple[Snapshot, Found]]:
        return [
            (one, line)
            for one in self._shelf.on(kind, asked.day)
            for line in self._lines.get((one.id, asked.person_id), ())
        ]

    def _blacklisted(self, firm: Organisation, day: date) -> tuple[Known, date] | None:
        """The registry marks 严重违法; that it does not is no proof, credit lists are kept elsewhere too."""
        snapshots = self._shelf.on(Register.BUSINESS, day)
        found = [(one, line) for one in snapshots for line in self._lines.get((one.id, -firm.id), ())]
        known = _decide(found, lambda line: line.standing.startswith(ILLEGAL))
        if known is None or known.value is False:
            return None
        return known, max(one.as_of for one in snapshots)


def gather(asked: Sequence[Asked], firm: Organisation | None, *office_codes: str) -> Told:
    """Return what is known of these people and of their firm, if one is asked about: five queries whatever their number."""
    firms = [firm.id] if firm is not None else []
    shelf = queries.shelf({*office_codes, CITY})
    days = {one.day for one in asked}
    wanted = {snapshot.id for kind in Register for day in days for snapshot in shelf.on(kind, day)}
    people = [one.person_id for one in asked]
    lines: dict[tuple[int, int], list[Found]] = {}
    for line in queries.about(wanted, people, firms):
        subject = line.person_id if line.person_id is not None else -firms[0]
        lines.setdefault((line.list_id, subject), []).append(line)
    return Told(firm, queries.attested(people, firms), shelf, lines)


def _decide(found: Sequence[tuple[Snapshot, Found]], met: Callable[[Found], bool]) -> Known | None:
    """Return yes by a line that counts, else unknown by one a human must judge, else no by the first line there is."""
    deciding = [(snapshot, line) for snapshot, line in found if met(line)]
    for snapshot, line in deciding:
        if _counts(line):
            return Known(True, _source(snapshot, line))
    for snapshot, line in deciding:
        if line.ruling is None:
            return Known(None, _source(snapshot, line))
    return next((Known(False, _source(snapshot, line)) for snapshot, line in found), None)


def _stands(line: Found) -> bool:
    """A line stands until a human has ruled that it is about somebody else."""
    return line.ruling is None or line.ruling.confirmed


def _counts(line: Found) -> bool:
    """A line counts when a human confirmed it, or when nothing about it is doubtful."""
    return line.ruling.confirmed if line.ruling is not None else line.outcome is not Match.SUSPECT


def _source(snapshot: Snapshot, line: Found | None) -> Source:
    ruling = line.ruling if line else None
    return {
        "from": "register",
        "list": snapshot.id,
        "kind": snapshot.kind.value,
        "topic": snapshot.topic,
        "as_of": snapshot.as_of.isoformat(),
        "row": line.row if line else None,
        "outcome": line.outcome.value if line else "absent",
        "ruled": None if ruling is None else "confirmed" if ruling.confirmed else "dismissed",
        "who": ruling.who if ruling else "",
    }


def _attestation(answer: Answer) -> Source:
    return {
        "from": "attestation",
        "id": answer.id,
        "source": answer.source,
        "as_of": answer.as_of.isoformat(),
        "who": answer.who,
    }


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def list_name(kind: Register | str, topic: str = "", *, translate: Callable[..., str] = _) -> str:
    """Return what a list is called in the reader's language."""
    return translate(_OF_TOPIC, topic=translate(topic)) if topic else translate(REGISTER_LABELS[Register(kind)])


_OF_TOPIC = N_("%(topic)s名单")


def source_words(source: Source) -> str:
    """Say which list of which day an answer is from, what stands there, and who ruled on it or recorded it."""
    if source["from"] == "attestation":
        named, day, who = source["source"], source["as_of"], source["who"]
        return _("%(source)s（%(day)s，%(who)s核对）", source=named, day=day, who=who)
    named = _("%(list)s %(day)s 快照", list=list_name(source["kind"], source["topic"]), day=source["as_of"])
    row = source["row"]
    if source["ruled"] == "confirmed":
        return _("%(list)s第 %(row)s 行，%(who)s核实属实", list=named, row=row, who=source["who"])
    if source["ruled"] == "dismissed":
        return _("%(list)s第 %(row)s 行，%(who)s核实后排除", list=named, row=row, who=source["who"])
    if row is None:
        return _("%(list)s，未列入", list=named)
    if source["outcome"] == Match.SUSPECT.value:
        return _("%(list)s第 %(row)s 行，疑似，待人工核实", list=named, row=row)
    return _("%(list)s第 %(row)s 行", list=named, row=row)
