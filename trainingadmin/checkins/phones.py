"""What a scan tells of the phone it came from: keyed hashes, a network, a family of browsers; nothing that names it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from trainingadmin.plumbing import devices
from trainingadmin.plumbing.secrets import blind_index

_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"))
_DESKS = (("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"))
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("AlipayClient", "Alipay"), ("DingTalk", "DingTalk"), ("QQ/", "QQ"),
    ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_MILLION = 1_000_000
_HASH = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phone said it was: millionths of a degree, and metres of doubt."""

    latitude: int
    longitude: int
    accuracy: int


@dataclass(frozen=True, slots=True)
class Phone:
    """What is kept of a phone besides a scan."""

    device: str
    address: str
    network: str
    agent: str
    place: Place | None = None


def phone(cookie: str, address: str, agent: str, place: Place | None = None) -> Phone:
    """Return what is kept of the phone with this cookie, at this address, with this browser."""
    return Phone(
        devices.mark(cookie), blind_index(f"address:{address}")[:_HASH], network_of(address),
        family(agent), place,
    )  # fmt: skip


def network_of(address: str) -> str:
    """Return the network of an address, /24 or /48; "" for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def family(agent: str) -> str:
    """Return which kind of phone and browser this is, such as "Android · WeChat"; "" where nothing is known."""
    names = (*_SYSTEMS, *_DESKS)
    system = next((name for mark, name in names if mark in agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    return " · ".join(filter(None, (system, browser)))


def place(latitude: str, longitude: str, accuracy: str) -> Place | None:
    """Return the place that a form tells in degrees and metres; None where it tells none, or nonsense."""
    if not all(re.fullmatch(r"-?\d{1,6}(\.\d{1,12})?", text) for text in (latitude, longitude, accuracy)):
        return None
    north, east = (round(float(text) * _MILLION) for text in (latitude, longitude))
    if abs(north) > 90 * _MILLION or abs(east) > 180 * _MILLION:
        return None
    return Place(north, east, min(100_000, round(abs(float(accuracy)))))
