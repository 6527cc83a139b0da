"""The shares as a picture for the docs: it stands on a ground of its own, so it reads well on light and dark pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from bench.targets import TARGETS, Target

WIDTH, LEFT, RIGHT, ROW, BAR = 760, 250, 70, 26, 14
STYLE = """
  .ground { fill: #ffffff; stroke: #d9dde3; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .quiet { fill: #57606a; font-size: 12px; }
  .rest { fill: #eaeef2; }
  .bar { fill: #1f6f54; }
  .short { fill: #a15c07; }
  .mark { stroke: #24292f; stroke-width: 1.5; }
  .better { stroke-dasharray: 2 2; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #161b22; stroke: #30363d; }
    text { fill: #e6edf3; }
    .quiet { fill: #9da7b1; }
    .rest { fill: #30363d; }
    .bar { fill: #3fb68b; }
    .short { fill: #e0a458; }
    .mark { stroke: #e6edf3; }
  }
"""
SHARES = ("browse / bare", "etag / bare", "cold / ceiling", "verify / ceiling", "buy / ceiling")
TIMES = ("cold / peer browse", "verify / peer award", "buy / peer redeem")


@dataclass(frozen=True)
class Row:
    """A bar, and up to two marks on it: what is wanted, and what would be better still."""

    what: str
    value: float
    said: str
    marks: Sequence[float] = ()
    is_reached: bool = True


def drawn(figures: Mapping[str, float]) -> str:
    """An SVG of what was measured; what was not is left out."""
    targets = {target.key: target for target in TARGETS}
    shares = [_row(targets[key], figures) for key in SHARES if key in figures]
    times = [_row(targets[key], figures) for key in TIMES if key in figures]
    panels = [
        ("Of what this machine can do", "a bare Flask for what is kept, else the stack ceiling", shares, 1.0),
        ("Times the requests of a thin Django app", "that signs nobody in and keeps no answers", times, 0.0),
        (
            "Waiting for a purchase (p50), times that in the smallest town",
            "by residents, ten lots each",
            _growth(figures),
            2.0,
        ),
    ]
    panels = [panel for panel in panels if panel[2]]
    height = sum(len(rows) * ROW + 62 for _, _, rows, _ in panels) + 30
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' role="img" aria-label="What was measured, beside what was wanted">',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
    ]
    top = 34
    for title, note, rows, most in panels:
        lines += _panel(title, note, rows, top=top, most=most)
        top += len(rows) * ROW + 62
    lines.append(
        f'<text class="quiet" x="20" y="{height - 14}">Line: the target; dotted: the stretch.'
        " Green bars reach their target.</text>"
    )
    return "\n".join([*lines, "</svg>", ""])


def _row(target: Target, figures: Mapping[str, float]) -> Row:
    value = figures[target.key]
    marks = [mark for mark in (target.bound, target.stretch) if mark is not None]
    return Row(target.what.split(", of ")[0], value, target.said(value), marks, target.verdict(figures) != "missed")


def _growth(figures: Mapping[str, float]) -> list[Row]:
    """What is wanted of the largest town is wanted of all."""
    begins, ends = "buy p50, ", " residents"
    target = next(one for one in TARGETS if one.key.startswith(begins))
    rows = []
    for name, value in figures.items():
        if name.startswith(begins) and name.endswith(ends):
            large, _, small = name[len(begins) : -len(ends)].partition(" / ")
            marks = [mark for mark in (target.bound, target.stretch) if mark is not None]
            is_reached = target.verdict({target.key: value}) != "missed"
            rows.append(Row(f"{int(large):,} to {int(small):,}", value, f"{value:.2f}", marks, is_reached))
    return rows


def _panel(title: str, note: str, rows: Sequence[Row], *, top: int, most: float) -> Iterator[str]:
    yield f'<text class="title" x="20" y="{top}">{escape(title)}</text>'
    yield f'<text class="quiet" x="20" y="{top + 18}">{escape(note)}</text>'
    most = max([most, *(value for row in rows for value in (row.value, *row.marks))])
    room = WIDTH - LEFT - RIGHT
    for place, row in enumerate(rows):
        y = top + 30 + place * ROW
        long = max(2.0, room * row.value / most)
        yield f'<text x="20" y="{y + 12}">{escape(row.what)}</text>'
        yield f'<rect class="rest" x="{LEFT}" y="{y}" width="{room}" height="{BAR}" rx="3"/>'
        kind = "bar" if row.is_reached else "short"
        yield f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{long:.1f}" height="{BAR}" rx="3"/>'
        for mark, style in zip(row.marks, ("mark", "mark better"), strict=False):
            x = LEFT + room * mark / most
            yield f'<line class="{style}" x1="{x:.1f}" y1="{y - 3}" x2="{x:.1f}" y2="{y + BAR + 3}"/>'
        yield f'<text x="{WIDTH - RIGHT + 10}" y="{y + 12}">{escape(row.said)}</text>'
