"""Which network addresses photos may be fetched from: those of the public internet alone.

Python's own `is_global` has changed with each release and looks at the outside of an address
only. Here an address that carries another one (mapped, translated, tunnelled) counts as the one
it carries, and the special ranges are spelled out (IANA's registries of special-purpose
addresses, RFC 6890 and its updates).
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

__all__ = ["is_global_address"]

_SPECIAL_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnelling
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Of the 128-bit addresses only this part is the public internet …
_PUBLIC_6 = IPv6Network("2000::/3")
# … and not all of it.
_SPECIAL_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments; Teredo and ORCHID among them
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
# The last 32 bits are an IPv4 address.
_TRANSLATED = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")


def is_global_address(text: str) -> bool:
    """Whether an address, in its usual notation, is one of the public internet.

    A text that is no address is none of it.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_global_4(address)
    if address.scope_id is not None:
        return False
    carried = _carried(address)
    if carried is not None:
        return _is_global_4(carried)
    return address in _PUBLIC_6 and not any(address in network for network in _SPECIAL_6)


def _is_global_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _SPECIAL_4)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that traffic to this address ends up at."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return None
