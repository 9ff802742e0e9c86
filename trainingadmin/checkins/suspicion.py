"""What in the scans of a session calls for a human look: relayed codes made visible, each with its evidence. Pure."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from trainingadmin.checkins.states import VERDICT_LABELS, Direction, Verdict
from trainingadmin.checkins.tokens import WINDOW
from trainingadmin.kernel.labels import N_

K = TypeVar("K")

FAR_METRES = 500
SAME_SECOND = 3
"""How many people in one second are no chance any more."""
_NETWORK_PEOPLE = 5
_EARTH_METRES = 6_371_000
_DEVICE_LETTERS = 6


class Seen(NamedTuple):
    """One scan as it is judged; `person` is the place in the roster, "" for whoever is on none."""

    id: int
    session_id: int | None
    enrolment_id: int | None
    person: str
    direction: Direction | None
    verdict: Verdict
    shown_at: datetime | None
    scanned_at: datetime
    at: datetime
    offline: bool
    device: str
    network: str
    agent: str
    latitude: int | None
    longitude: int | None
    accuracy: int | None

    @property
    def age(self) -> int | None:
        """Whole seconds between the code's first being shown and the scan."""
        return None if self.shown_at is None else int((self.scanned_at - self.shown_at).total_seconds())


class Sign(StrEnum):
    """Why to look."""

    ONE_DEVICE = "one-device"
    FAR_APART = "far-apart"
    SAME_SECOND = "same-second"
    TWO_DEVICES = "two-devices"
    AFTER_ITS_TIME = "after-its-time"
    OTHER_NETWORK = "other-network"
    LATE_SYNCED = "late-synced"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """What it says to a person, marked for translation."""
        return _LABELS[self]

    @property
    def is_weak(self) -> bool:
        """Whether it says little by itself."""
        return self in (Sign.OTHER_NETWORK, Sign.LATE_SYNCED, Sign.AFTER_ITS_TIME)


_LABELS = {
    Sign.ONE_DEVICE: N_("一部手机替多人扫码"),
    Sign.FAR_APART: N_("扫码地点离课堂很远"),
    Sign.SAME_SECOND: N_("多人在同一秒扫码"),
    Sign.TWO_DEVICES: N_("签到和签退不是同一部手机"),
    Sign.AFTER_ITS_TIME: N_("二维码换下以后才扫到"),
    Sign.OTHER_NETWORK: N_("与全班不在同一网络"),
    Sign.LATE_SYNCED: N_("断网扫码，后来才上传"),
    Sign.REFUSED: N_("没有通过的扫码"),
}
_SENTENCES = {
    Sign.ONE_DEVICE: N_("%(people)s 都用设备 %(device)s 扫码，时间 %(times)s"),
    Sign.FAR_APART: N_("%(people)s 扫码的地点离全班 %(metres)s 米（手机给出的误差 %(accuracy)s 米）"),
    Sign.SAME_SECOND: N_("%(people)s 都在 %(times)s 扫码"),
    Sign.TWO_DEVICES: N_("%(people)s 签到用设备 %(device)s，签退用设备 %(other)s"),
    Sign.AFTER_ITS_TIME: N_("%(people)s 在二维码显示 %(seconds)s 秒以后扫码，那时屏幕已换下一个"),
    Sign.OTHER_NETWORK: N_("%(people)s 从网络 %(network)s 扫码，全班多数人从 %(other)s"),
    Sign.LATE_SYNCED: N_("%(people)s 的手机记录 %(times)s 扫码，%(arrived)s 才上传"),
    Sign.REFUSED: N_("%(people)s 在 %(times)s 扫码：%(verdict)s"),
}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One reason to look: the sign, the scans it is about, and a sentence with places for the evidence."""

    sign: Sign
    scans: tuple[int, ...]
    evidence: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """What was seen, to be translated and filled with the evidence."""
        return _SENTENCES[self.sign]


def suspicions(seen: Sequence[Seen], clock: Callable[[datetime], str]) -> list[Suspicion]:
    """Return what is suspect in the scans of one session, the strongest signs first; `clock` writes an instant."""
    good = [one for one in seen if one.verdict.is_good]
    first = _first_of_each([one for one in good if one.verdict is Verdict.ACCEPTED])
    found = [
        *_one_device(good, clock),
        *_far_apart(first),
        *_same_second(first, clock),
        *_two_devices(first),
        *(_refused(one, clock) for one in seen if not one.verdict.is_good),
        *_after_their_time(first),
        *_other_network(first),
        *(_late(one, clock) for one in good if one.offline),
    ]
    order = list(Sign)
    return sorted(found, key=lambda one: order.index(one.sign))


def _first_of_each(good: Iterable[Seen]) -> list[Seen]:
    """Return each person's first scan in each direction."""
    first: dict[tuple[int | None, Direction | None], Seen] = {}
    for one in sorted(good, key=lambda one: one.scanned_at):
        first.setdefault((one.enrolment_id, one.direction), one)
    return list(first.values())


def _one_device(good: Iterable[Seen], clock: Callable[[datetime], str]) -> Iterator[Suspicion]:
    for device, scans in _by(good, lambda one: one.device).items():
        if device and len({one.enrolment_id for one in scans}) > 1:
            told = {"people": _names(scans), "device": short(device), "times": _times(scans, clock)}
            yield Suspicion(Sign.ONE_DEVICE, _ids(scans), told)


def _same_second(first: Iterable[Seen], clock: Callable[[datetime], str]) -> Iterator[Suspicion]:
    live = (one for one in first if not one.offline)
    for scans in _by(live, lambda one: one.scanned_at.replace(microsecond=0)).values():
        if len(scans) >= SAME_SECOND:
            yield Suspicion(
                Sign.SAME_SECOND, _ids(scans), {"people": _names(scans), "times": clock(scans[0].scanned_at)}
            )


def _two_devices(first: Iterable[Seen]) -> Iterator[Suspicion]:
    for scans in _by(first, lambda one: one.enrolment_id).values():
        came = next((one for one in scans if one.direction is Direction.IN and one.device), None)
        left = next((one for one in scans if one.direction is Direction.OUT and one.device), None)
        if came and left and came.device != left.device:
            told = {"people": _names(scans), "device": short(came.device), "other": short(left.device)}
            yield Suspicion(Sign.TWO_DEVICES, (came.id, left.id), told)


def _after_their_time(first: Iterable[Seen]) -> Iterator[Suspicion]:
    for one in first:
        if one.age is not None and one.age >= int(WINDOW.total_seconds()):
            yield Suspicion(Sign.AFTER_ITS_TIME, (one.id,), {"people": _names([one]), "seconds": str(one.age)})


def _other_network(first: Sequence[Seen]) -> Iterator[Suspicion]:
    of_person = {one.enrolment_id: one.network for one in first if one.network}
    usual = Counter(of_person.values()).most_common(1)
    if not usual or len(of_person) < _NETWORK_PEOPLE or 5 * usual[0][1] < 3 * len(of_person):
        return
    for network, scans in _by(first, lambda one: one.network).items():
        if network not in ("", usual[0][0]):
            told = {"people": _names(scans), "network": network, "other": usual[0][0]}
            yield Suspicion(Sign.OTHER_NETWORK, _ids(scans), told)


def _far_apart(first: Sequence[Seen]) -> Iterator[Suspicion]:
    placed = [one for one in first if one.latitude is not None and one.longitude is not None]
    if len(placed) < 2:
        return
    north = statistics.median(one.latitude or 0 for one in placed)
    east = statistics.median(one.longitude or 0 for one in placed)
    for one in placed:
        metres = distance((one.latitude or 0, one.longitude or 0), (int(north), int(east)))
        if metres - (one.accuracy or 0) > FAR_METRES:
            told = {"people": _names([one]), "metres": str(metres), "accuracy": str(one.accuracy or 0)}
            yield Suspicion(Sign.FAR_APART, (one.id,), told)


def _refused(one: Seen, clock: Callable[[datetime], str]) -> Suspicion:
    told = {"people": _names([one]), "times": clock(one.scanned_at), "verdict": VERDICT_LABELS[one.verdict]}
    return Suspicion(Sign.REFUSED, (one.id,), told)


def _late(one: Seen, clock: Callable[[datetime], str]) -> Suspicion:
    told = {"people": _names([one]), "times": clock(one.scanned_at), "arrived": clock(one.at)}
    return Suspicion(Sign.LATE_SYNCED, (one.id,), told)


def distance(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return the whole metres between two places in millionths of a degree, over the ground."""
    north, east, north2, east2 = (math.radians(value / 1_000_000) for value in (*one, *other))
    half = math.sin((north2 - north) / 2) ** 2
    half += math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    return round(2 * _EARTH_METRES * math.asin(math.sqrt(min(1.0, half))))


def short(device: str) -> str:
    """Return by which letters people speak of a device."""
    return device[:_DEVICE_LETTERS].upper()


def _by(scans: Iterable[Seen], key: Callable[[Seen], K]) -> dict[K, list[Seen]]:
    found: dict[K, list[Seen]] = defaultdict(list)
    for one in scans:
        found[key(one)].append(one)
    return found


def _ids(scans: Iterable[Seen]) -> tuple[int, ...]:
    return tuple(one.id for one in scans)


def _names(scans: Iterable[Seen]) -> str:
    return "、".join(dict.fromkeys(one.person for one in scans if one.person)) or "—"


def _times(scans: Iterable[Seen], clock: Callable[[datetime], str]) -> str:
    return "、".join(dict.fromkeys(clock(one.scanned_at) for one in scans))
