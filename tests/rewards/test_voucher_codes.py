"""A23: a code is 128 bits, forgives how it is written, finds slips of the finger, and its QR holds nothing else."""

import hashlib
import hmac
import itertools
import re
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from rewards.voucher_codes import ALPHABET, code_of, fingerprint, grouped, qr_svg, read

KEY = b"k" * 32
seeds = st.binary(min_size=16, max_size=32)


@given(seed=seeds)
def test_a_code_is_the_first_128_bits_of_the_seed_under_the_key(seed: bytes) -> None:
    code = code_of(seed, key=KEY)

    value = 0
    for character in code[:26]:
        value = value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    assert len(code) == 27
    assert value.to_bytes(16, "big") == hmac.new(KEY, seed, hashlib.sha256).digest()[:16]


def test_a_code_stays_what_it_is_for_as_long_as_a_voucher_lives() -> None:
    assert code_of(bytes(16), key=KEY) == "75XZCM4D67C14CD03HDWZHBVRP0"


def test_another_seed_or_another_key_gives_another_code() -> None:
    codes = {code_of(seed, key=key) for seed in (b"a" * 16, b"b" * 16) for key in (KEY, b"l" * 32)}

    assert len(codes) == 4


@given(seed=seeds)
def test_a_code_is_read_back_as_people_see_it(seed: bytes) -> None:
    code = code_of(seed, key=KEY)

    assert re.fullmatch(r"(\w{4}-){6}\w{3}", grouped(code))
    assert read(grouped(code)) == read(code) == code


@given(seed=seeds, data=st.data())
def test_a_code_is_read_however_it_is_written(seed: bytes, data: st.DataObject) -> None:
    code = code_of(seed, key=KEY)
    full_width = {ord(c): ord(c) + 0xFEE0 for c in ALPHABET}
    ways = {"0": "0OoＯ", "1": "1IiLlｌ"}

    written = ""
    for character in code:
        same = [*ways.get(character, character), character.lower(), character.translate(full_width)]
        written += data.draw(st.sampled_from(same))
        written += data.draw(st.sampled_from(["", "", "", " ", "-", "\u2013", "\u00a0", "\u200b"]))

    assert read(f" {written}\r\n") == code


@given(seed=seeds, place=st.integers(0, 26))
def test_every_single_wrong_character_is_found(seed: bytes, place: int) -> None:
    code = code_of(seed, key=KEY)

    for wrong in set(ALPHABET) - {code[place]}:
        assert read(code[:place] + wrong + code[place + 1 :]) is None


@pytest.mark.parametrize("place", [1, 2, 23, 24])
def test_two_neighbours_swapped_are_found_but_for_0_and_z(place: int) -> None:
    missed = set()

    for one, other in itertools.permutations(ALPHABET, 2):
        start, end = "7" + "A" * (place - 1), "A" * (24 - place)
        [code] = [found for check in ALPHABET if (found := read(start + one + other + end + check))]
        if read(start + other + one + end + code[-1]):
            missed.add((one, other))

    assert missed == {("0", "Z"), ("Z", "0")}


@given(seed=seeds)
def test_the_check_character_swapped_with_its_neighbour_is_found_but_for_0_and_z(seed: bytes) -> None:
    code = code_of(seed, key=KEY)
    assume(code[-1] != code[-2] and {code[-1], code[-2]} != {"0", "Z"})

    assert read(code[:-2] + code[-1] + code[-2]) is None


def test_what_cannot_be_a_code_is_none() -> None:
    code = code_of(b"a" * 16, key=KEY)

    for nonsense in (
        "",
        " ",
        code[:-1],
        code + "0",
        code[:-1] + "U",
        code.replace(code[3], "é"),
        "Z" * 27,
        "0" * 26,
        f"https://example.org/{code}",
        "-" * 80 + code,
        "\ufdfa" * 100,
        "\ud800" * 27,
        "0" * 10_000_000,
    ):
        assert read(nonsense) is None


@given(text=st.text())
def test_whatever_is_typed_gives_a_code_or_none(text: str) -> None:
    code = read(text)

    assert code is None or read(code) == code


def test_the_database_keeps_a_sha256_and_nothing_of_the_code() -> None:
    code = code_of(b"a" * 16, key=KEY)

    assert fingerprint(code) == hashlib.sha256(code.encode("ascii")).digest()


@given(seed=seeds)
def test_the_qr_is_scanned_as_the_code_alone(seed: bytes) -> None:
    code = code_of(seed, key=KEY)

    [found] = zxingcpp.read_barcodes(drawn(qr_svg(code)))

    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.text == code
    assert found.ec_level in {"M", "Q", "H"}
    assert read(found.text) == code


def test_the_qr_fits_any_size_and_a_strict_csp() -> None:
    svg = qr_svg(code_of(b"a" * 16, key=KEY))

    root = ET.fromstring(svg)
    assert root.get("viewBox") == "0 0 33 33"  # version 2, 25 modules, and a quiet zone of 4 on each side
    assert not {"width", "height"} & root.attrib.keys()
    for element in root.iter():
        assert element.tag in {"{http://www.w3.org/2000/svg}svg", "{http://www.w3.org/2000/svg}path"}
        assert element.attrib.keys() <= {"viewBox", "fill", "stroke", "d"}
        assert not (element.text or "").strip()


def drawn(svg: bytes, *, scale: int = 4) -> Image.Image:
    """The picture that the SVG's own paths describe: a filled square, then dark runs of modules, one unit high."""
    root = ET.fromstring(svg)
    background, modules = root
    side = int(root.attrib["viewBox"].split()[-1])
    assert background.attrib == {"fill": "#fff", "d": f"M0 0h{side}v{side}h-{side}z"}
    assert modules.attrib["stroke"] == "#000"
    image = Image.new("L", (side * scale, side * scale), 255)
    pen = ImageDraw.Draw(image)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", modules.attrib["d"]):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            top = (y - 0.5) * scale
            pen.rectangle((x * scale, top, (x + values[0]) * scale - 1, top + scale - 1), fill=0)
            x += values[0]
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            x, y = values
    return image
