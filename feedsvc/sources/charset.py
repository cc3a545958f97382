"""The bytes of a page as text, whatever charset they were written in."""

import codecs

# What news sites of the region were ever written in, most likely first.
_LEGACY = ["cp1251", "cp1254", "cp1253", "koi8_r", "iso8859_9", "iso8859_7", "iso8859_5", "cp866"]
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 16  # bytes; a charset shows itself in far fewer
_MOST_BROKEN = 0.005  # of the letters beyond ASCII; a page cut or patched by hand has fewer
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1b\x1a\x85\x08")


def decode(body: bytes) -> str:
    """Return the text of a page: by its byte order mark, else as UTF-8, else by detection.

    Raises:
        ValueError: the bytes are no text; the message is for an admin.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    wide = _wide(body)
    if wide is not None and not _is_binary(body[:_SAMPLE].decode(wide, "replace").encode("utf-8", "replace")):
        return body.decode(wide, "replace")
    if _is_binary(body[:_SAMPLE]):
        raise ValueError("this is no text file (it holds binary data)")
    try:
        return body.decode()
    except UnicodeDecodeError:
        mended = _mended(body)
        return mended if mended is not None else _detected(body)


def _wide(body: bytes) -> str | None:
    """Return which UTF-16 this is without its mark: line ends and spaces put zeros into every other byte."""
    sample = body[: _SAMPLE & ~1]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Cyrillic and Greek letters have no zero byte, so one in twenty-five must do.
    enough = len(sample) // 50
    if odd > max(enough, 1) and even * 20 < odd:
        return "utf-16-le"
    if even > max(enough, 1) and odd * 20 < even:
        return "utf-16-be"
    return None


def _is_binary(sample: bytes) -> bool:
    controls = sum(sample.count(code) for code in range(32) if code not in _TEXT_CONTROLS)
    return b"\x00" in sample or controls > len(sample) // 100


def _mended(body: bytes) -> str | None:
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = sum(1 for char in text[:_SAMPLE] if char > "\x7f")
    if broken == 1 and foreign > 1 and text.endswith("\ufffd"):
        return text[:-1]  # cut in the middle of a letter
    return text if foreign and broken <= foreign * _MOST_BROKEN else None


def _detected(body: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - its tables cost 30 ms, and most pages are UTF-8

    best = from_bytes(body[:_SAMPLE], cp_isolation=_LEGACY, preemptive_behaviour=False).best()
    if best is None:
        raise ValueError("the charset of this page cannot be told; save it as UTF-8")
    return body.decode(best.encoding, "replace")
