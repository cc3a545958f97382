"""Which addresses may be connected to.

Knows what a public unicast address is, and what an admin lets through besides. Pure: names are resolved elsewhere.
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

LOOPBACK = "loopback"

_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
# What ``is_global`` of some supported Python lets through and no news comes from.
_NEVER = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # a public address by number: the host's own service in Azure
        "192.0.0.0/24",  # IETF protocol assignments (RFC 6890)
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarks (RFC 2928)
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries any IPv4 address inside (RFC 7526)
        "3fff::/20",  # documentation (RFC 9637)
    )
)


def is_public(address: Address) -> bool:
    """Tell whether the address is unicast and reachable from anywhere: not private, local, reserved or metadata.

    An IPv4 address inside an IPv6 one counts as itself: mapped (``::ffff:0:0/96``), or translated by NAT64
    (``64:ff9b::/96``), which is all that a network without IPv4 has. Other ways to embed one are never public.
    """
    address = _unwrapped(address)
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address.version == network.version and address in network for network in _NEVER)
    )


class Screen:
    """Public addresses, and what ``allow`` names: host names, addresses, networks, or ``loopback`` for this machine.

    A host name is let through with whatever it resolves to.
    """

    def __init__(self, allow: Collection[str] = ()) -> None:
        self._hosts: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for written in allow:
            item = written.strip().lower().rstrip(".")
            if item == LOOPBACK:
                self._networks += [ip_network("127.0.0.0/8"), ip_network("::1/128")]
                continue
            try:
                self._networks.append(ip_network(item.strip("[]"), strict=False))
            except ValueError:
                self._hosts.add(item)

    def admits(self, host: str, address: str) -> bool:
        """Tell whether a connection to this address, which the host resolves to, may be made."""
        if host.lower().rstrip(".") in self._hosts:
            return True
        parsed = ip_address(address)
        plain = _unwrapped(parsed)
        return is_public(parsed) or any(
            plain.version == network.version and plain in network for network in self._networks
        )


def _unwrapped(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
