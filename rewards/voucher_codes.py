"""A voucher's code is 128 secret bits that a person can read out and a machine can scan, and says nothing else."""

import hashlib
import hmac
import re
import unicodedata
from io import BytesIO

import segno
from stdnum import luhn

# Crockford's base32: no I, L, O or U, so that a misread letter is still understood.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")
# 26 characters are 130 bits: 128 leave the first one below 8. The last one is the check character.
CODE = re.compile(f"[0-7][{ALPHABET}]{{26}}")
TEXT_LENGTH_MAX = 100


def code_of(seed: bytes, *, key: bytes) -> str:
    """Return the 27 characters that belong to a voucher's stored seed under the server's key (promises A23).

    The last one is a Luhn mod 32 check character: it finds every wrong character and every two neighbours swapped,
    but for 0 and Z.
    """
    bits = int.from_bytes(hmac.digest(key, seed, "sha256")[:16], "big")
    code = "".join(ALPHABET[bits >> shift & 31] for shift in range(125, -1, -5))
    return code + luhn.calc_check_digit(code, ALPHABET)


def grouped(code: str, *, size: int = 4) -> str:
    """Return the code for people's eyes: in groups, with hyphens."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def read(text: str) -> str | None:
    """Return the code that a clerk typed or a scanner read, or None where it cannot be one.

    Forgives case, blanks, hyphens, full-width characters, and O, I and L for 0 and 1.
    """
    code = meant(text)
    return code if CODE.fullmatch(code) and luhn.is_valid(code, ALPHABET) else None


def meant(text: str) -> str:
    """Return what was typed as a code of ours is written; nothing where it is too long for any."""
    if len(text) > TEXT_LENGTH_MAX:
        return ""
    written = "".join(character for character in unicodedata.normalize("NFKC", text) if not _is_filler(character))
    return written.upper().translate(MISREAD)


def fingerprint(code: str) -> bytes:
    """Return the 32 bytes that the database keeps instead of a code: 128 random bits need no slower hash."""
    return hashlib.sha256(code.encode()).digest()


def qr_svg(code: str) -> bytes:
    """Return an SVG with the code alone, error correction M or better, for any size and a strict CSP."""
    picture = BytesIO()
    symbol = segno.make_qr(code, error="m", mode="alphanumeric")
    symbol.save(picture, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    return picture.getvalue()


def _is_filler(character: str) -> bool:
    # Pd: hyphens and dashes; Cf: invisible ones that come along when a code is copied
    return character.isspace() or unicodedata.category(character) in ("Pd", "Cf")
