"""The configuration: config.toml as a frozen value, or every reason why it cannot be one.

Knows each setting, its notation and its default; hides TOML, pydantic and where in the file a key stands.
"""

from feedsvc.config.reading import load
from feedsvc.config.values import AUTO_LEAST, AUTO_MOST, Alerts, Config, Feed, Outbound, Server, Site, Source, Store

__all__ = [
    "AUTO_LEAST",
    "AUTO_MOST",
    "Alerts",
    "Config",
    "Feed",
    "Outbound",
    "Server",
    "Site",
    "Source",
    "Store",
    "load",
]
