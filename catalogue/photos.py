"""A photo is kept as new pixels only: upright, and without place, device, comment or anything else (charter C16)."""

import hashlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from core.errors import Invalid, Refusal

BYTES_MAX = 10 * 1024 * 1024
PIXELS_MAX = 25_000_000
# Enough for a verifier to read a sign in a street scene, on any screen, at some 0.5 MB instead of a phone's 5 MB.
EDGE_MAX = 2048

# The largest pictures allowed need 450 MiB (WebP with transparency), 300 MiB (CMYK JPEG) and 1 s. Without the second
# limit, 1 MB of a progressive JPEG with 17,000 scans took 38 s.
MEMORY_BYTES_MAX = 640 * 1024 * 1024
CPU_SECONDS_MAX = 10
AT_ONCE_MAX = 2  # decoders per server process: what is uploaded at the same time waits instead of adding up

_DECODER = Path(__file__).with_name("photo_decoder.py")
_seats = threading.BoundedSemaphore(AT_ONCE_MAX)


class PhotoTooLarge(Refusal):
    """The photo's file is too large."""

    status = 413


class PhotoFormatUnsupported(Refusal):
    """This is not a JPEG, PNG or WebP picture."""

    status = 415


class PhotoTooManyPixels(Invalid):
    """The photo has too many pixels."""


class PhotoNotReadable(Invalid):
    """The photo is broken, or takes too much memory or time to decode."""


@dataclass(frozen=True, slots=True)
class RebuiltPhoto:
    content: bytes
    width: int
    height: int
    sha256: str
    media_type: str = "image/jpeg"


def rebuild(upload: bytes) -> RebuiltPhoto:
    """Return the upload's picture as a new JPEG, upright, over white, its longest side at most `EDGE_MAX` pixels.

    JPEG, PNG or WebP by content (of an animation the first frame), at most `BYTES_MAX` and `PIXELS_MAX` (promises A56).
    Decoding takes up to a second: call it outside a write transaction. Raises `PhotoTooLarge`,
    `PhotoFormatUnsupported`, `PhotoTooManyPixels` or `PhotoNotReadable`.
    """
    if len(upload) > BYTES_MAX:
        raise PhotoTooLarge(bytes=len(upload), bytes_max=BYTES_MAX)
    size, content = _decoded(upload).split(b"\n", 1)
    width, height = map(int, size.split())
    return RebuiltPhoto(content=content, width=width, height=height, sha256=hashlib.sha256(content).hexdigest())


def _decoded(upload: bytes) -> bytes:
    limits = [PIXELS_MAX, EDGE_MAX, MEMORY_BYTES_MAX, CPU_SECONDS_MAX]
    command = [sys.executable, "-I", str(_DECODER), *map(str, limits)]
    with _seats:
        # No environment: if a file takes the decoder over, no key is within its reach.
        decoder = subprocess.run(command, input=upload, capture_output=True, env={}, check=False)
    if decoder.returncode == 0:
        return decoder.stdout
    if decoder.returncode < 0:  # ended by a signal: out of time, or crashed
        raise PhotoNotReadable
    match decoder.stderr.strip():
        case b"format_unsupported":
            raise PhotoFormatUnsupported
        case b"too_many_pixels":
            raise PhotoTooManyPixels(pixels_max=PIXELS_MAX)
        case b"not_readable":
            raise PhotoNotReadable
        case trouble:  # not the photo's fault
            raise RuntimeError(f"the photo decoder failed: {trouble.decode(errors='replace')}")
