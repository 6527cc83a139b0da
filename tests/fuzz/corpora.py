"""What breaks careless servers, gathered by hand: bodies, texts, numbers, cursors, queries, ids and headers."""

import base64
import json
from typing import Any

UUID = "01890a5d-ac96-774b-bcce-b302099a8057"

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "blank": b" \r\n\t ",
    "a list": b"[]",
    "a list of objects": b"[{}]",
    "a text": b'"x"',
    "a number": b"1",
    "null": b"null",
    "true": b"true",
    "lists without end": b"[" * 60_000,
    "objects without end": b'{"a":' * 12_000,
    "a thousand lists": b"[" * 1000 + b"]" * 1000,
    "a thousand lists in a field": b'{"titles":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "a thousand objects in a field": b'{"titles":' * 1000 + b"1" + b"}" * 1000,
    "NaN": b'{"quantity": NaN}',
    "Infinity": b'{"price_points": -Infinity}',
    "more than a double": b'{"quantity": 1e400}',
    "sixty thousand digits": b'{"quantity": ' + b"9" * 60_000 + b"}",
    "minus zero": b'{"quantity": -0}',
    "a plus": b'{"quantity": +1}',
    "hexadecimal": b'{"quantity": 0x10}',
    "a NUL inside": b'{"code": "a\0b"}',
    "half a character": b'{"code": "\\ud800"}',
    "the halves in the wrong order": b'{"code": "\\udc00\\ud800"}',
    "half a character as a name": b'{"\\ud800": 1}',
    "half a character in bytes": b'{"code": "\xed\xa0\x80"}',
    "bytes of no character": b'{"code": "\xff\xfe"}',
    "a NUL in two bytes": b'{"code": "\xc0\x80"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"code": "x"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"code": "x"}'.encode("utf-16-be"),
    "UTF-32": '{"code": "x"}'.encode("utf-32"),
    "two objects": b"{}{}",
    "a comma too many": b'{"code": "x",}',
    "a comment": b'{/* */"code": "x"}',
    "single quotes": b"{'code': 'x'}",
    "an open text": b'{"code": "x',
    "five thousand fields": json.dumps({f"field{number}": number for number in range(4000)}).encode(),
    "names of other languages": b'{"__proto__": {"role": "manager"}, "constructor": 1, "__class__": 1, "_schema": 1}',
    "a name of sixty thousand letters": b'{"' + b"a" * 60_000 + b'": 1}',
    "more than is taken": b'{"code": "' + b"x" * 70_000 + b'"}',
    "a form": b"code=x&email=y",
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "a pickle": b"\x80\x04\x95\x00",
}

TEXTS = [
    "‮evil",
    "zero​width‍﻿",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "é",
    "Z" + "̴̵̶" * 20,
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "a\r\nSet-Cookie: session=1\r\n\r\n<html>",
    "two\nlines",
    "a  b",
    "a\0b",
    "a\x7fb\x85c\x1b[2J",
    "\ud800",
    "￾￿",
    "\U000e0041\U000e0042",
    "ﷺ" * 120,
    "x" * 5000,
    "",
    "   ",
    "'; DROP TABLE citizen; --",
    "%s%n{0}{{7*7}}${jndi:ldap://x}",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "null",
    "İıſK",
]

NUMBERS: list[Any] = [0, -1, -0.0, 0.5, 5.000001, 2**31 - 1, 2**31, 2**63, -(2**63), 10**30, 1e300, True, "5", "", [1]]

OTHERS: list[Any] = [None, True, 0, 1, 1.5, "x", "true", [], {}, [[]], [None], {"a": {"b": []}}, ["x"] * 3000]


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


CURSORS = [
    *("", "x", "====", "-_-_", "é", "%", "null", "a" * 501, "A" * 3000, base64.b64encode(b"\xff\xfe").decode()),
    *(base64.urlsafe_b64encode(body).decode() for body in (b"{}", b"[", b"1", b"null", b'"x"', b"[" * 300)),
    *(cursor(), cursor(None), cursor(1), cursor("x"), cursor({}), cursor([]), cursor(True), cursor(1.5), cursor("\0")),
    *(cursor(2**61), cursor(-(2**62) + 1), cursor(2**62), cursor(10**30), cursor("a" * 60), cursor(UUID)),
    *(
        cursor(at, UUID)
        for at in (
            *("2026-11-23T10:00:00+00:00", "2026-11-23T10:00:00", "0001-01-01T00:00:00+23:59"),
            *("9999-12-31T23:59:59-23:59", "-4713-01-01T00:00:00Z", "2026-W47-1", "x", ""),
        )
    ),
    *(cursor("2026-11-23T10:00:00+00:00", one) for one in ("x", "", "{" + UUID + "}", "0" * 32, 5, None)),
    cursor("2026-11-23T10:00:00+00:00", UUID, UUID),
]

QUERIES = [
    *("limit=0", "limit=-1", "limit=101", "limit=1e1", "limit=1.0", "limit=%2B5", "limit=%D9%A3", "limit=", "limit"),
    *("limit=99999999999999999999", "limit=1&limit=2", "limit[]=1", "limit=%00", "limit=0x1", "limit=1_0", "limit= 5"),
    *("nobody=asked", "%ff=%fe", "=", "&&&", "%", "%zz", "a" * 3000, "&".join(f"a{n}=1" for n in range(1500))),
    *("cursor=a&cursor=b", "q=%00", "q=%ED%A0%80", "q=%ff", "q=" + "%F0%9F%98%80" * 200, "q=%25%5F", "q='--"),
    *("deed=%00", "district=%F0%9F%98%80", "category=%00", "partner=Ä", "access=%00", "office=%00", "kind=%ff"),
    *("from=now", "from=2026-11-23", "from=2026-11-23T10:00:00", "from=9999-12-31T23:59:59Z", "from=%00"),
    *("to=0000-00-00T00:00:00Z", "since=1900-01-01T00:00:00%2B24:00", "since=%00", "since=2026-11-23t10:00:00z"),
    *("month=2026-13", "month=9999-12", "month=2026-11%0A", "month=%D9%A2026-11", "month=%00", "month="),
]

IDS = [
    *("%00", "%ff", "%ED%A0%80", "..", "%2e%2e%2f%2e%2e", ".", "%20", "%0d%0aX-Evil:1", "%F0%9F%98%80", "a" * 3000),
    *("-1", "0", "NaN", "null", UUID, UUID.upper(), "%7B" + UUID + "%7D", UUID.replace("-", ""), "0" * 36),
    *("urn:uuid:" + UUID, UUID + "%0A", UUID + "%00", "a;b", "a:b", "'--", "*", "%25", "%2525"),
]

HEADERS: list[dict[str, str]] = [
    {"Accept-Language": language}
    for language in (
        *("", "*", "*;q=nan", "ca;q=1e400", "ca;q=-1", "ca;q=\xe9", "x" * 7000, ",".join(["ca;q=0.1"] * 900)),
        *("ca-", "-", ";;;q=q=q", "zh-Hant-TW-x-" + "a" * 900, "es;q=0"),
    )
] + [
    {"Accept": "text/html"},
    {"Accept-Encoding": "gzip;q=nan, *;q=9"},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer " + "a" * 7000},
    {"Authorization": "Bearer é.é.é"},
    {"Authorization": "Bearer " + "." * 2000},
    {"Authorization": "Basic Og=="},
    {"Content-Encoding": "gzip"},
    {"Cookie": "session=x; " * 300},
    {"Expect": "a miracle"},
    {"Host": "evil.example.org:99999"},
    {"Host": "a b"},
    {"Idempotency-Key": "x" * 256},
    {"Idempotency-Key": ""},
    {"Idempotency-Key": "é"},
    {"If-Match": "*"},
    {"If-Match": '"' + "9" * 5000 + '"'},
    {"If-Match": 'W/"1", "2"'},
    {"If-Modified-Since": "soon"},
    {"If-None-Match": '"' * 999},
    {"If-None-Match": "*"},
    {"Range": "bytes=0-0,-1,99999999999999999999-"},
    {"X-Forwarded-For": "'; --, ::::, 1.2.3.4.5"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-Request-Id": "x" * 5000},
]

CONTENT_TYPES = [
    *("text/plain", "application/x-www-form-urlencoded", "application/xml", "", "x", "/", "application/json5"),
    *(
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        "application/json; charset=" + "x" * 900,
    ),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 500),
    *("application/json, application/json", "application/problem+json", "APPLICATION/JSON", "application/json;"),
]


def multipart(*parts: bytes, boundary: bytes = b"x", end: bytes = b"--x--\r\n") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + end


_PHOTO = b'Content-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'

UPLOADS: dict[str, bytes] = {
    "nothing": b"",
    "no part": b"--x--\r\n",
    "no boundary in it": b"hello",
    "an empty file": multipart(_PHOTO + b"\r\n"),
    "text for a file": multipart(b'Content-Disposition: form-data; name="photo"\r\n\r\nhello'),
    "a file that is no picture": multipart(_PHOTO + b"\r\nhello"),
    "no end": multipart(_PHOTO + b"\r\nhello", end=b""),
    "an end in the middle of a header": b"--x\r\nContent-Disposition: form-da",
    "two photos": multipart(_PHOTO + b"\r\nhello", _PHOTO + b"\r\nhello"),
    "a file nobody asked for": multipart(_PHOTO + b"\r\nhello", _PHOTO.replace(b'"photo"', b'"other"') + b"\r\nx"),
    "two thousand parts": multipart(*[_PHOTO + b"\r\nx"] * 2000),
    "two thousand fields": multipart(*[b'Content-Disposition: form-data; name="a"\r\n\r\nx'] * 2000),
    "a header without end": multipart(_PHOTO + b"X: " + b"a" * 300_000 + b"\r\n\r\nhello"),
    "a thousand headers": multipart(_PHOTO + b"X: a\r\n" * 1000 + b"\r\nhello"),
    "a path for a name": multipart(_PHOTO.replace(b"a.jpg", b"../../../etc/passwd\\..\\x") + b"\r\nhello"),
    "no disposition": multipart(b"Content-Type: image/jpeg\r\n\r\nhello"),
    "nonsense for a disposition": multipart(b"Content-Disposition: \xff\xfe;;;=\r\n\r\nhello"),
    "bytes of no character for a name": multipart(_PHOTO.replace(b"photo", b"\xff\xfe\0") + b"\r\nhello"),
    "another one inside": multipart(_PHOTO + b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nx\r\n--y--"),
    "in base64": multipart(_PHOTO + b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8="),
    "a charset nobody knows": multipart(_PHOTO + b"Content-Type: text/plain; charset=nonsense\r\n\r\nhello"),
    "a field above what memory takes": multipart(b'Content-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 900_000),
}
