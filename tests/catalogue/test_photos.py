"""A56, C16: what is kept of a photo is its pixels, upright, and nothing that says where, when or by whom."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, JpegImagePlugin, PngImagePlugin

from catalogue import photos
from catalogue.photos import (
    BYTES_MAX,
    EDGE_MAX,
    PhotoFormatUnsupported,
    PhotoNotReadable,
    PhotoTooLarge,
    PhotoTooManyPixels,
    RebuiltPhoto,
    rebuild,
)
from core.errors import Refusal
from tests.catalogue.cases import Cases
from tests.town import Town

Colour = tuple[int, ...]

SECRET = b"41.3851N-2.1734E"
RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)


def test_c16_nothing_but_pixels_leaves_a_jpeg() -> None:
    upload = jpeg_with(
        segment(0xE1, exif(orientation=1, description=SECRET).tobytes()),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><gps>" + SECRET + b"</gps></x:xmpmeta>"),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", 5 + len(SECRET)) + iptc(SECRET)),
        segment(0xE2, b"ICC_PROFILE\0\1\1" + icc_profile()),
        segment(0xE7, b"Maker\0" + SECRET),
        segment(0xFE, SECRET),
        trailer=b"trailing " + SECRET + zip_of(SECRET),
    )
    before = Image.open(io.BytesIO(upload))
    assert {"exif", "xmp", "icc_profile", "comment", "photoshop"} <= set(before.info)
    assert before.getexif().get_ifd(0x8825)[2] == (41.0, 23.0, 6.36)
    assert zipfile.is_zipfile(io.BytesIO(upload))

    photo = rebuild(upload)

    assert_only_pixels(photo)
    assert not zipfile.is_zipfile(io.BytesIO(photo.content))


def test_c16_nothing_but_pixels_leaves_a_png() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_text("Author", SECRET.decode(), zip=True)
    text.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET.decode()}</x:xmpmeta>")
    text.add(b"prVt", SECRET)
    upload = saved(
        picture(), "PNG", pnginfo=text, exif=exif(orientation=1, description=SECRET), icc_profile=icc_profile()
    )

    photo = rebuild(upload + SECRET + zip_of(SECRET))

    assert_only_pixels(photo)


def test_c16_nothing_but_pixels_leaves_a_webp() -> None:
    upload = saved(
        picture(),
        "WEBP",
        exif=exif(orientation=1, description=SECRET),
        xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>",
        icc_profile=icc_profile(),
    )

    photo = rebuild(upload + SECRET)

    assert_only_pixels(photo)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright(form: str, orientation: int) -> None:
    seen = Image.new("RGB", (96, 64), BLUE)
    seen.paste(RED, (0, 0, 32, 32))
    turn_of_camera = {  # what it writes is the inverse of what the orientation asks a reader to do (EXIF 2.32, 4.6.4)
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = seen if orientation == 1 else seen.transpose(turn_of_camera[orientation])

    photo = rebuild(saved(stored, form, exif=exif(orientation=orientation, description=b"x")))

    assert (photo.width, photo.height) == (96, 64)
    assert alike(pixel(photo, 8, 8), RED)
    for elsewhere in ((88, 8), (8, 56), (88, 56)):
        assert alike(pixel(photo, *elsewhere), BLUE)


@pytest.mark.parametrize(
    ("image", "form", "colour"),
    [
        (Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
        (Image.new("L", (40, 30), 90), "JPEG", (90, 90, 90)),
        (Image.new("1", (40, 30), 1), "PNG", WHITE),
        (Image.new("I;16", (40, 30), 0x8000), "PNG", (128, 128, 128)),
        (Image.new("RGB", (40, 30), RED).quantize(4), "PNG", RED),
        (Image.new("LA", (40, 30), (0, 0)), "PNG", WHITE),
        (Image.new("RGBA", (40, 30), (200, 30, 30, 0)), "PNG", WHITE),
        (Image.new("RGBA", (40, 30), (200, 30, 30, 255)), "WEBP", RED),
        (Image.new("RGBA", (40, 30), (0, 0, 0, 128)), "WEBP", (127, 127, 127)),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else str(value),
)
def test_every_kind_of_pixel_becomes_colour_on_white(image: Image.Image, form: str, colour: Colour) -> None:
    photo = rebuild(saved(image, form))

    assert alike(pixel(photo, 20, 15), colour)


def test_a_transparent_colour_of_a_palette_becomes_white() -> None:
    upload = saved(Image.new("P", (40, 30), 0), "PNG", transparency=0)

    assert alike(pixel(rebuild(upload), 20, 15), WHITE)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_is_kept_as_its_first_frame(form: str) -> None:
    first, second = Image.new("RGB", (40, 30), RED), Image.new("RGB", (40, 30), BLUE)

    photo = rebuild(saved(first, form, save_all=True, append_images=[second], duration=100))

    assert alike(pixel(photo, 20, 15), RED)


def test_a_phone_photo_with_a_second_picture_inside_is_kept_as_its_first() -> None:
    first, second = Image.new("RGB", (40, 30), RED), Image.new("RGB", (40, 30), BLUE)

    photo = rebuild(saved(first, "MPO", save_all=True, append_images=[second]))

    assert alike(pixel(photo, 20, 15), RED)


def test_a_photo_says_what_it_is() -> None:
    photo = rebuild(saved(picture(), "PNG"))

    kept = Image.open(io.BytesIO(photo.content))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (64, 48))
    assert (photo.media_type, photo.width, photo.height) == ("image/jpeg", 64, 48)
    assert photo.sha256 == hashlib.sha256(photo.content).hexdigest()


@pytest.mark.parametrize(("size", "kept"), [((5000, 2500), (EDGE_MAX, EDGE_MAX // 2)), ((100, 4096), (50, EDGE_MAX))])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_long_side_is_shortened_in_proportion(size: tuple[int, int], kept: tuple[int, int], form: str) -> None:
    photo = rebuild(saved(Image.new("RGB", size, RED), form))

    assert (photo.width, photo.height) == kept


def test_the_largest_pictures_allowed_are_decoded_within_the_memory_limit() -> None:
    """A transparent WebP needs the most memory of all (measured)."""
    upload = saved(Image.new("RGBA", (5000, 5000), (200, 30, 30, 254)), "WEBP", lossless=True, method=0, quality=0)

    assert rebuild(upload).width == EDGE_MAX


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_one_row_more_than_the_most_pixels_is_refused(form: str) -> None:
    upload = saved(Image.new("L", (5000, 5001)), form)

    with pytest.raises(PhotoTooManyPixels) as refusal:
        rebuild(upload)

    assert refusal.value.facts == {"pixels_max": 25_000_000}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_small_file_that_claims_huge_pixels_is_refused_by_its_header(form: str) -> None:
    header = {
        "JPEG": saved(picture(), "JPEG").replace(struct.pack(">HH", 48, 64), struct.pack(">HH", 30_000, 30_000), 1),
        "PNG": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)),
        "WEBP": b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + struct.pack("<I", 29_999)[:3] * 2,
    }[form]

    with pytest.raises(PhotoTooManyPixels):
        rebuild(header + (chunk(b"IDAT", b"") if form == "PNG" else b""))


def test_a_file_of_just_ten_mebibytes_is_taken_and_one_byte_more_refused() -> None:
    upload = saved(picture(), "JPEG").ljust(BYTES_MAX, b"\0")

    assert rebuild(upload).width == 64
    with pytest.raises(PhotoTooLarge) as refusal:
        rebuild(upload + b"\0")

    assert refusal.value.facts == {"bytes": BYTES_MAX + 1, "bytes_max": BYTES_MAX}


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"not a photo",
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
        b"%PDF-1.7\n",
        b"P6 2 2 255\n" + b"\0" * 12,
        "GIF",
        "BMP",
        "TIFF",
    ],
    ids=repr,
)
def test_other_formats_are_refused(upload: bytes | str) -> None:
    content = saved(picture(), upload) if isinstance(upload, str) else upload

    with pytest.raises(PhotoFormatUnsupported):
        rebuild(content)


POLYGLOTS: dict[str, Callable[[], bytes]] = {
    "JPEG and ZIP": lambda: jpeg_with(trailer=zip_of(SECRET)),
    "JPEG with a page": lambda: jpeg_with(segment(0xFE, b"<html><script>" + SECRET), trailer=b"</script>"),
    "JPEG and PDF": lambda: jpeg_with(segment(0xFE, b"%PDF-1.7\n" + SECRET), trailer=b"%%EOF"),
    "JPEG and SVG": lambda: jpeg_with(trailer=b'<svg xmlns="http://www.w3.org/2000/svg" onload="' + SECRET + b'"/>'),
    "PNG with a page": lambda: (
        saved(picture(), "PNG")[:33] + chunk(b"tEXt", b"Title\0<script>" + SECRET) + saved(picture(), "PNG")[33:]
    ),
    "PNG and a program": lambda: saved(picture(), "PNG") + b"<?php system('" + SECRET + b"'); ?>",
    "WebP with a page": lambda: saved(picture(), "WEBP", xmp=b"<html><script>" + SECRET),
}


@pytest.mark.parametrize("kind", POLYGLOTS)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_is_also_something_else_is_a_photo_only(kind: str, town: Town, cases: Cases) -> None:
    """Through the API, to the disk and back."""
    cases.deed()
    doer = town.resident()
    submission = cases.claim(doer)
    photo_id = cases.send_photo(doer, submission, POLYGLOTS[kind]()).json["id"]

    shown = doer.get(f"/evidence/{photo_id}")

    assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    [file] = (town.settings.instance / "evidence").rglob("*.jpg")
    assert shown.data == file.read_bytes()
    assert_only_pixels(RebuiltPhoto(shown.data, 64, 48, ""))
    for other in (b"<script", b"<svg", b"%PDF", b"<?php", b"<html"):
        assert other not in shown.data


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_photo_is_refused(form: str) -> None:
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    upload = saved(noise, form)

    with pytest.raises(PhotoNotReadable):
        rebuild(upload[: len(upload) // 2])


def test_a_photo_of_no_size_is_refused() -> None:
    header = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 10, 8, 2, 0, 0, 0))

    with pytest.raises(Refusal):
        rebuild(header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))


def test_a_photo_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "CPU_SECONDS_MAX", 1)

    with pytest.raises(PhotoNotReadable):
        rebuild(jpeg_of_many_scans(20_000))


def test_a_photo_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MEMORY_BYTES_MAX", 80 * 1024 * 1024)
    upload = saved(Image.new("RGB", (5000, 5000), RED), "PNG")

    with pytest.raises(PhotoNotReadable):
        rebuild(upload)


def test_a_decoder_that_cannot_start_is_not_the_photos_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(photos, "_DECODER", tmp_path / "missing.py")

    with pytest.raises(RuntimeError, match=r"missing\.py"):
        rebuild(saved(picture(), "PNG"))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_arrives_is_rebuilt_or_refused(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))
    upload = bytearray(saved(picture(), form, exif=exif(orientation=6, description=SECRET)))
    for position, value in data.draw(st.lists(st.tuples(st.integers(0, len(upload) - 1), st.integers(0, 255)))):
        upload[position] = value
    start = data.draw(st.integers(0, 12))

    try:
        photo = rebuild(bytes(upload[start:]) + data.draw(st.binary()))
    except Refusal:
        return

    assert_only_pixels(photo)


def assert_only_pixels(photo: RebuiltPhoto) -> None:
    kept = Image.open(io.BytesIO(photo.content))
    assert isinstance(kept, JpegImagePlugin.JpegImageFile)
    kept.load()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not kept.getexif()
    assert [name for name, _ in kept.applist] == ["APP0"]
    assert photo.content.endswith(b"\xff\xd9")
    for trace in (SECRET, SECRET[::-1], b"Exif", b"xmpmeta", b"8BIM", b"ICC", b"sRGB", b"PK\x03\x04"):
        assert trace not in photo.content


def picture() -> Image.Image:
    return Image.linear_gradient("L").resize((64, 48)).convert("RGB")


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def jpeg_with(*segments: bytes, trailer: bytes) -> bytes:
    plain = saved(picture(), "JPEG")
    return plain[:2] + b"".join(segments) + plain[2:] + trailer


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def exif(*, orientation: int, description: bytes) -> Image.Exif:
    """EXIF with an orientation, a description and a position."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = description.decode()
    tags[0x8825] = {1: "N", 2: (41.0, 23.0, 6.36), 3: "E", 4: (2.0, 10.0, 24.24), 29: description.decode()}
    return tags


def iptc(city: bytes) -> bytes:
    return b"\x1c\x02\x5a" + struct.pack(">H", len(city)) + city


def icc_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def zip_of(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hidden.txt", content)
    return file.getvalue()


def jpeg_of_many_scans(scans: int) -> bytes:
    """A grey progressive JPEG of 5000 x 5000 whose every scan goes over all blocks and changes nothing: a time bomb."""
    blocks = 625 * 625
    one_code = bytes([1] + [0] * 15)  # a Huffman table of one code, the single bit 0
    end_of_band_runs = bytes(-(-blocks // 16_384 * 15) // 8 + 1)  # each says "the next 16,384 blocks are done"
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xDB, b"\0" + b"\1" * 64),
            segment(0xC2, struct.pack(">BHHB", 8, 5000, 5000, 1) + b"\1\x11\0"),
            segment(0xC4, b"\x00" + one_code + b"\x00"),
            segment(0xC4, b"\x10" + one_code + b"\xe0"),
            segment(0xDA, b"\1\1\0\0\0\0") + bytes(blocks // 8 + 1),
            (segment(0xDA, b"\1\1\0\1\x3f\0") + end_of_band_runs) * scans,
            b"\xff\xd9",
        ]
    )


def pixel(photo: RebuiltPhoto, x: int, y: int) -> Colour:
    colour = Image.open(io.BytesIO(photo.content)).getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


def alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))
