"""Which proxy the environment names for an address.

Knows HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in lower case too. Pure but for the environment, read once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.request import getproxies_environment


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies by scheme as the environment names them; ``no`` lists the hosts that are asked directly."""

    named: Mapping[str, str] = field(default_factory=getproxies_environment)

    def for_host(self, scheme: str, host: str) -> str | None:
        """Return the address of the proxy, None to ask the host directly."""
        written = self.named.get(scheme) or self.named.get("all")
        if not written or any(_covers(item, host) for item in self.named.get("no", "").split(",")):
            return None
        return written if "://" in written else f"http://{written}"


def _covers(item: str, host: str) -> bool:
    """Tell whether an item of NO_PROXY covers the host: ``*``, a name and all below it, an address or a network."""
    item = item.strip().lower().lstrip(".")
    if not item or item == "*":
        return bool(item)
    if host == item or host.endswith(f".{item}"):
        return True
    try:
        return ip_address(host) in ip_network(item, strict=False)
    except ValueError:
        return False
