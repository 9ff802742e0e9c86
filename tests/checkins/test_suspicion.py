"""What makes a relayed code visible: each sign on scans made for it, and silence on an ordinary class."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.checkins import stage
from tests.checkins.stage import at
from tests.factories import Office
from trainingadmin.checkins import queries
from trainingadmin.checkins.phones import family, network_of, place
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.checkins.suspicion import Seen, Sign, distance, suspicions
from trainingadmin.plumbing import clock


def told(instant: datetime) -> str:
    return f"{clock.local(instant):%H:%M:%S}"


def seen(number: int, seconds: int = 0, **changes: Any) -> Seen:
    """An honest scan: of a person with a phone, on the class's network, eight seconds apart."""
    scanned_at = at(8, 55) + timedelta(seconds=8 * number + seconds)
    values: dict[str, Any] = {
        "id": number, "session_id": 1, "enrolment_id": number, "person": f"学员{number}", "direction": Direction.IN,
        "verdict": Verdict.ACCEPTED, "shown_at": scanned_at - timedelta(seconds=9), "scanned_at": scanned_at, "at": scanned_at,
        "offline": False, "device": f"{number:020x}", "network": "10.1.2.0/24", "agent": "Android · WeChat",
        "latitude": 29_228_300, "longitude": 102_359_100, "accuracy": 15,
    }  # fmt: skip
    return Seen(**{**values, **changes})


HONEST = [seen(number) for number in range(1, 9)]


def signs(*scans: Seen) -> list[Sign]:
    return [one.sign for one in suspicions([*HONEST, *scans], told)]


def test_an_ordinary_class_is_not_suspect() -> None:
    assert signs() == []


@pytest.mark.parametrize(
    ("sign", "changes"),
    [
        (Sign.ONE_DEVICE, {"device": HONEST[0].device}),
        (Sign.FAR_APART, {"latitude": 29_240_000}),
        (Sign.AFTER_ITS_TIME, {"shown_at": at(8, 55)}),
        (Sign.OTHER_NETWORK, {"network": "117.8.9.0/24"}),
        (Sign.LATE_SYNCED, {"offline": True, "at": at(10)}),
        (Sign.REFUSED, {"verdict": Verdict.EXPIRED}),
    ],
)
def test_each_sign_is_seen_alone(sign: Sign, changes: dict[str, Any]) -> None:
    assert signs(seen(20, **changes)) == [sign]


def test_many_in_one_second_are_seen_two_are_not() -> None:
    moment: dict[str, Any] = {"scanned_at": at(8, 59, 30), "shown_at": at(8, 59, 20)}
    assert signs(seen(20, **moment), seen(21, **moment)) == []
    (found,) = suspicions([*HONEST, *(seen(number, **moment) for number in (20, 21, 22))], told)
    assert (found.sign, found.evidence["people"]) == (Sign.SAME_SECOND, "学员20、学员21、学员22")


def test_leaving_with_another_phone_is_seen() -> None:
    left = seen(1, 3 * 3600, id=30, direction=Direction.OUT)
    assert signs(left) == []
    assert signs(left._replace(device="f" * 20)) == [Sign.TWO_DEVICES]


def test_the_phones_own_doubt_is_taken_off_the_distance() -> None:
    assert signs(seen(20, latitude=29_240_000, accuracy=2_000)) == []


def test_one_network_is_usual_only_in_a_class_that_mostly_has_one() -> None:
    spread = [one._replace(network=f"10.{one.id}.0.0/24") for one in HONEST]
    assert suspicions(spread, told) == []


def test_distance_is_over_the_ground() -> None:
    assert distance((0, 0), (0, 1_000_000)) == pytest.approx(111_195, abs=5)
    assert distance((29_228_300, 102_359_100), (29_228_300, 102_359_100)) == 0


def test_evidence_of_a_session_and_of_many(office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other, third = stage.roster(cohort)[:3]
    stage.scanned(session, one, at(9), device="shared")
    stage.scanned(session, other, at(9, 0, 5), device="shared")
    stage.scanned(session, third, at(9, 0, 9), letters="A" * 32)
    found = suspicions(queries.seen_in([session.id]), told)
    assert [(item.sign, item.evidence["times"]) for item in found] == [(Sign.ONE_DEVICE, "09:00:00、09:00:05")]
    (device,) = queries.shared_devices(at(8), at(13))
    assert (device.people, device.sessions) == (2, 1)
    assert queries.shared_devices(at(13), at(14)) == []
    assert [scan.verdict for scan in queries.refused_since(at(8))] == [Verdict.FORGED]


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.1.2.3", "10.1.2.0/24"), ("2409:8a62:1:2::3", "2409:8a62:1::/48"), ("", ""), ("nonsense", "")],
)
def test_of_an_address_only_the_network_is_kept(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (stage.ANDROID, "Android · WeChat"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 15_0) Version/15.0 Safari/604.1", "iPhone · Safari"),
        ("curl/8.0", ""),
    ],
)
def test_of_an_agent_only_the_family_is_kept(agent: str, kind: str) -> None:
    assert family(agent) == kind


@pytest.mark.parametrize("told_", [("", "", ""), ("x", "1", "1"), ("91", "0", "1"), ("0", "181", "1"), ("1", "2", "")])
def test_no_place_or_nonsense_is_no_place(told_: tuple[str, str, str]) -> None:
    assert place(*told_) is None
