"""Content codings of an answer, undone piece by piece.

Knows gzip, Brotli and Zstandard; hides how each is kept from swelling: whoever asks for a piece never holds much more
than one, however far the bytes would expand, and may stop at any time.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping

ACCEPTED = "gzip, br, zstd"

_PIECE_BYTES = 64 * 1024
# Three bytes of Zstandard can stand for a block of 128 KB, and its decoder knows no limit on what it gives out.
_ZSTD_BITE_BYTES = 256
# RFC 9659 §3: no coder may need a larger window over HTTP.
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
_MOST_CODINGS = 2


class Undecodable(ValueError):
    """The bytes are not in the coding that the answer names, or end too early; the message says which."""


def decoded(chunks: Iterator[bytes], codings: str) -> Iterator[bytes]:
    """Yield the bytes as they were before the codings of a ``Content-Encoding`` were applied, in bounded pieces.

    Raises:
        Undecodable: while iterating; a coding that is unknown, broken or incomplete.
    """
    names = [name.strip().lower() for name in codings.split(",")]
    applied = [name for name in names if name and name != "identity"]
    if len(applied) > _MOST_CODINGS or not _DECODERS.keys() >= set(applied):
        raise Undecodable(f"the content coding {codings!r} was not asked for")
    for name in reversed(applied):
        chunks = _DECODERS[name](chunks)
    return chunks


def _gzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    decoder, begun = zlib.decompressobj(zlib.MAX_WBITS | 16), False
    for chunk in chunks:
        rest = chunk
        while rest:
            if decoder.eof:
                if not rest.strip(b"\0"):  # padding, as RFC 1952's own program allows it
                    break
                decoder, begun = zlib.decompressobj(zlib.MAX_WBITS | 16), False
            begun = True
            try:
                piece = decoder.decompress(rest, _PIECE_BYTES)
                yield piece
                while len(piece) == _PIECE_BYTES and not decoder.unconsumed_tail and not decoder.eof:
                    piece = decoder.decompress(b"", _PIECE_BYTES)
                    yield piece
            except zlib.error as error:
                raise Undecodable("is not the gzip that it says it is") from error
            rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    if begun and not decoder.eof:
        raise Undecodable("its gzip ends too early")


def _brotli(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import brotli  # noqa: PLC0415 - needed only when a server answers in it

    decoder, begun = brotli.Decompressor(), False
    for chunk in chunks:
        rest = chunk
        while rest and not decoder.is_finished():
            begun = True
            try:
                piece = decoder.process(rest, output_buffer_limit=_PIECE_BYTES)
                yield piece
                while piece or not decoder.can_accept_more_data():
                    piece = decoder.process(b"", output_buffer_limit=_PIECE_BYTES)
                    yield piece
            except brotli.error as error:
                raise Undecodable("is not the Brotli that it says it is") from error
            rest = b""
    if begun and not decoder.is_finished():
        raise Undecodable("its Brotli ends too early")


def _zstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import zstandard  # noqa: PLC0415 - needed only when a server answers in it

    frames = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    decoder, begun = frames.decompressobj(), False
    for chunk in chunks:
        for start in range(0, len(chunk), _ZSTD_BITE_BYTES):
            rest = chunk[start : start + _ZSTD_BITE_BYTES]
            while rest:
                if decoder.eof:
                    decoder = frames.decompressobj()
                begun = True
                try:
                    yield decoder.decompress(rest)
                except zstandard.ZstdError as error:
                    raise Undecodable("is not the Zstandard that it says it is") from error
                rest = decoder.unused_data if decoder.eof else b""
    if begun and not decoder.eof:
        raise Undecodable("its Zstandard ends too early")


_DECODERS: Mapping[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "br": _brotli,
    "zstd": _zstd,
}
