"""A stranger's picture is decoded in a process of its own, with bounded memory and time, and leaves it as pixels only.

A program, not a module of the server: `catalogue/photos.py` runs it. It reads the upload from stdin and writes
`<width> <height>\\n` and a JPEG to stdout. A refusal is one word on stderr and exit code 1.
"""

import contextlib
import resource
import sys
import warnings
from io import BytesIO

# Importing the three plugins spares Pillow from loading the decoders of all other formats.
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError, WebPImagePlugin

FORMATS = tuple(
    plugin.format
    for plugin in (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile)
)


def main(*, pixels_max: int, edge_max: int, memory_bytes_max: int, cpu_seconds_max: int) -> None:
    _limit(resource.RLIMIT_AS, memory_bytes_max)
    _limit(resource.RLIMIT_CPU, cpu_seconds_max)
    _limit(resource.RLIMIT_CORE, 0)  # a crash leaves no copy of the photo on the disk
    # Pillow counts the pixels in the header. Above its cap it only warns, above twice its cap it raises.
    Image.MAX_IMAGE_PIXELS = pixels_max
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)

    try:
        photo = rebuilt(sys.stdin.buffer.read(), edge_max=edge_max)
    except UnidentifiedImageError:
        sys.exit("format_unsupported")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        sys.exit("too_many_pixels")
    except Exception:  # noqa: BLE001 - a broken or hostile file makes a decoder raise anything
        sys.exit("not_readable")

    sys.stdout.buffer.write(b"%d %d\n" % photo.size)
    photo.save(sys.stdout.buffer, "JPEG", quality=85)


def rebuilt(upload: bytes, *, edge_max: int) -> Image.Image:
    """Return the upload's first frame as a new RGB image, upright, over white, its longest side at most `edge_max` px.

    The first frame only, because many phones hide more of them (a preview, a depth map) in an ordinary JPEG.
    Colours are taken as sRGB: a wide-gamut photo looks a little paler without its ICC profile, and shows the same deed.
    """
    with Image.open(BytesIO(upload), formats=FORMATS) as file:
        file.draft(None, (edge_max, edge_max))  # decodes a large JPEG at half size or less: a quarter of the memory
        file.load()
        photo = _in_eight_bits(file)
        photo.thumbnail((edge_max, edge_max))
        photo = ImageOps.exif_transpose(photo)

    # `paste` takes pixels alone; a copy or a second save would carry comment, ICC profile and text along.
    fresh = Image.new("RGB", photo.size, "white")
    fresh.paste(photo, mask=photo if photo.mode == "RGBA" else None)
    return fresh


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be made smaller without losing its colours or its transparency."""
    if image.mode == "I;16":  # grey; `convert` alone would cut off at 255 instead of scaling
        return image.point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _limit(which: int, value: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a lower limit stands already, or the system (macOS) has none
        resource.setrlimit(which, (value, value))


if __name__ == "__main__":
    main(
        pixels_max=int(sys.argv[1]),
        edge_max=int(sys.argv[2]),
        memory_bytes_max=int(sys.argv[3]),
        cpu_seconds_max=int(sys.argv[4]),
    )
