"""Logging: of the long-lived commands text for a terminal, JSON lines elsewhere; of the others what went wrong.

Knows that events are constant names with their data in ``extra``; hides how they are written down.
"""

import json
import logging
import sys
from datetime import UTC, datetime

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_data(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        level = "" if record.levelno <= logging.INFO else f"{record.levelname} "
        data = " ".join(f"{key}={value}" for key, value in _data(record).items())
        line = f"{at} {level}{record.getMessage()} {data}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def set_up() -> None:
    """Send what this process logs, from INFO up, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Text() if sys.stderr.isatty() else _Json())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def set_up_briefly() -> None:
    """Send warnings and worse to standard error as text, for a command that prints its Runs itself."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Text())
    handler.addFilter(lambda record: record.msg != "run")
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _data(record: logging.LogRecord) -> dict[str, object]:
    return {key.rstrip("_"): value for key, value in vars(record).items() if key not in _STANDARD}
