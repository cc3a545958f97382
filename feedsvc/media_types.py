"""Media types by the endings of files.

Knows what a browser shows or plays, and what podcasts carry; hides nothing. Not the system's own table (mimetypes),
which differs from machine to machine: the same articles must give the same bytes everywhere. Pure.
"""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

BY_ENDING = {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpe": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".ogv": "video/ogg",
    ".webm": "video/webm",
    ".epub": "application/epub+zip",
    ".pdf": "application/pdf",
}


def of_file(name: str) -> str | None:
    """Return the media type that the ending of a file's name tells, None when it tells none."""
    return BY_ENDING.get(PurePosixPath(name).suffix.lower())


def of_address(url: str) -> str | None:
    """Return the media type that the ending of an address tells, None when it tells none."""
    return of_file(urlsplit(url).path)


def is_media(media_type: str) -> bool:
    """Tell whether it is that of a picture, sound or film."""
    return media_type.startswith(("image/", "audio/", "video/"))
