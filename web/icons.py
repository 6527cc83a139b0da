"""The pictures that phones put on their screens are drawn by this, from the same lines as icon.svg: `make icons`."""

from pathlib import Path

from PIL import Image, ImageDraw

SHARED = Path(__file__).resolve().parent / "shared"
GREEN, WHITE = (23, 96, 74, 255), (255, 255, 255, 255)
GRID, CORNER, STROKE = 32, 9, 3.2
HOOK = ((9, 17.2), (13.7, 21.9), (23.5, 11))
FINER = 4
"""So many times larger it is drawn, then made small: its edges are then smooth."""


def main() -> None:
    for name, side, is_maskable in (("icon-192", 192, False), ("icon-512", 512, False), ("icon-maskable", 512, True)):
        drawn(side, is_maskable=is_maskable).save(SHARED / f"{name}.png", optimize=True)


def drawn(side: int, *, is_maskable: bool) -> Image.Image:
    """A maskable one fills its square, since the phone cuts it to the shape it likes."""
    size = side * FINER
    image = Image.new("RGBA", (size, size), GREEN if is_maskable else (0, 0, 0, 0))
    draw, one = ImageDraw.Draw(image), size / GRID
    if not is_maskable:
        draw.rounded_rectangle((0, 0, size - 1, size - 1), radius=CORNER * one, fill=GREEN)
    points = [(x * one, y * one) for x, y in HOOK]
    draw.line(points, fill=WHITE, width=round(STROKE * one), joint="curve")
    for x, y in points:
        r = STROKE * one / 2
        draw.ellipse((x - r, y - r, x + r, y + r), fill=WHITE)
    return image.resize((side, side), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
