"""A file is loaded whole or not at all, and each bad row is told by its line, field, reason and charter rule."""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import click
from flask import has_request_context

from core.charter_gate import CHECKS, CharterRefused
from core.db import in_transaction, rehearsal, savepoint
from core.errors import Invalid, Refusal
from core.settings import LANGUAGES, City


class Coded(Protocol):
    """A row that is checked."""

    @property
    def line(self) -> int: ...

    @property
    def code(self) -> str: ...


T = TypeVar("T")
R = TypeVar("R", bound=Coded)

TEXT_CHARS_MAX = 512 * 1024
ROWS_MAX = 500
FILE_BYTES_MAX = 20 * 2**20
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
skip_bad_option = click.option("--skip-bad", is_flag=True, help="Load the good rows and leave the bad ones out.")
_NUMBER = re.compile(r"-?\d{1,15}")


class FileRefused(click.ClickException):
    """The file as a whole cannot be read; the text says what to do."""


class FileUnreadable(Invalid):
    """The text cannot be read as a table: see `errors`."""


class ImportRefused(Invalid):
    """Some rows cannot be loaded, so nothing was changed: `rows` tells which, and why."""


@dataclass(frozen=True)
class Outcome:
    """What became of an item, or would. `result` is new, changed, announced, same or refused; `worse` are the fields in
    which residents are worse off, and `earliest` when that may come into force; `line` is 0 where it stands in none."""

    result: str
    code: str
    line: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    worse: list[str] = field(default_factory=list)
    in_force_from: datetime | None = None
    earliest: datetime | None = None
    problem: str | None = None
    errors: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A row, by column; cells are trimmed. `line` is where it begins in the file."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """Why a row (or, on line 1, the header) cannot be loaded."""

    line: int
    field: str
    reason: str
    rule: str = ""

    def __str__(self) -> str:
        rule = f" [{self.rule}]" if self.rule else ""
        return f"line {self.line}, {self.field}: {self.reason}{rule}"


@dataclass
class Table:
    """A file in rows. `faults` are rows whose cells do not fit the header."""

    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Checked(Generic[T]):
    """What of a table can be loaded, and what is wrong with the rest."""

    good: list[T] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    has_good_header: bool = True

    def to_load(self, *, skip_bad: bool) -> list[T]:
        """Print the faults and return what to load. Ends the command with exit code 1 when a row is bad and bad ones
        are not to be skipped, or when the header is."""
        for fault in sorted(self.faults, key=lambda fault: fault.line):
            click.echo(str(fault))
        lines = len({fault.line for fault in self.faults})
        if self.faults and not (skip_bad and self.has_good_header):
            skip = "; --skip-bad loads the rest" if self.has_good_header else ""
            raise click.ClickException(f"{lines} lines are bad, nothing was changed{skip}.")
        if self.faults:
            click.echo(f"{lines} bad lines left out.")
        return self.good


def read_table(path: Path) -> Table:
    """Read a CSV file: UTF-8 with or without BOM, any line ends, commas or semicolons between cells.

    Raises `FileRefused`.
    """
    if path.stat().st_size > FILE_BYTES_MAX:
        raise FileRefused(f"{path} is larger than {FILE_BYTES_MAX >> 20} MiB: split it.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise FileRefused(f"{path} is not UTF-8 (line {line}): save it as CSV UTF-8.") from problem
    return table_of(text, name=str(path))


def table_sent(text: str) -> Table:
    """A table that came with a request. Raises `FileUnreadable`."""
    try:
        table = table_of(text.removeprefix("\ufeff"), name="The text")
    except FileRefused as problem:
        raise FileUnreadable(errors=[{"field": "csv", "reason": problem.message}]) from problem
    if len(table.rows) + len(table.faults) > ROWS_MAX:
        reason = f"More than {ROWS_MAX} rows: send it in parts, or load it by command."
        raise FileUnreadable(errors=[{"field": "csv", "reason": reason}])
    return table


def table_of(text: str, *, name: str) -> Table:
    """The same of a text; `name` is what it is called where it is refused. Raises `FileRefused`."""
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _table(reader, name)
    except csv.Error as problem:
        raise FileRefused(f"{name}, line {reader.line_num}: not CSV ({problem}).") from problem


def _table(reader: Any, name: str) -> Table:
    columns = [column.strip() for column in next(reader, [])]
    if not any(columns):
        raise FileRefused(f"{name} has no header: the first line names the columns.")
    if len(set(columns)) < len(columns):
        raise FileRefused(f"{name} names a column twice in its first line.")
    table, line = Table(columns), reader.line_num + 1
    for cells in reader:
        if len(cells) == len(columns):
            table.rows.append(Row(line, {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}))
        elif cells:
            reason = f"{len(cells)} cells under {len(columns)} columns"
            table.faults.append(Fault(line, "row", reason))
        line = reader.line_num + 1
    return table


def check_rows(
    table: Table, *, kind: str, required: Set[str], optional: Set[str], check: Callable[[Row], T]
) -> Checked[T]:
    """Check all rows, each by `check`, which returns what to load or raises `Invalid`.

    `kind` is deed or benefit. Where the header is bad the rows are still held against the charter. A row that says in
    its `kind` column that it is the other kind is held against the charter as that.
    """
    checked: Checked[T] = Checked(faults=[*table.faults, *_header_faults(table, required, optional | {"kind"})])
    checked.has_good_header = not any(fault.line == 1 for fault in checked.faults)
    lines_by_code: dict[str, int] = {}
    for row in progress(table.rows, "Checking"):
        try:
            its_kind = row.cells.get("kind") or kind
            if its_kind != kind or not checked.has_good_header:
                _check_charter_only(row, its_kind, kind)
                continue
            first = lines_by_code.setdefault(row.cells["code"], row.line)
            if first != row.line:
                raise Invalid(errors=[{"field": "code", "reason": f"Stands on line {first} already."}])
            checked.good.append(check(row))
        except Invalid as no:
            errors = no.facts.get("errors") or [{"field": "row", "reason": no.title()}]
            checked.faults += [
                Fault(row.line, _column(error["field"]), error["reason"], error.get("rule", "")) for error in errors
            ]
    return checked


def title_columns(city: City) -> tuple[set[str], set[str]]:
    """The columns of titles that a file must have, and those that it may have."""
    required = {f"title_{language}" for language in city.languages}
    return required, {f"title_{language}" for language in LANGUAGES} - required


def body_of(row: Row, *, numbers: Set[str], lists: Set[str] = frozenset()) -> dict[str, Any]:
    """A row as the API would take it: `title_ca` is `titles.ca`, `a;b` a list, an empty cell is not there."""
    body: dict[str, Any] = {"titles": {}}
    for column, cell in row.cells.items():
        if not cell or column == "kind":
            continue
        if column.startswith("title_"):
            body["titles"][column.removeprefix("title_")] = cell
        elif column in lists:
            body[column] = [part.strip() for part in cell.split(";") if part.strip()]
        else:
            body[column] = int(cell) if column in numbers and _NUMBER.fullmatch(cell) else cell
    return body


def outcomes(table: Table, checked: Checked[R], load_one: Callable[[R], Outcome], *, dry_run: bool) -> list[Outcome]:
    """Load a checked table all or nothing, or only try to; what became of each row, by line. Raises `ImportRefused`."""
    codes = {row.line: row.cells.get("code", "") for row in table.rows}
    errors: dict[int, list[dict[str, str]]] = {}
    for fault in checked.faults:
        rule = {"rule": fault.rule} if fault.rule else {}
        errors.setdefault(fault.line, []).append({"field": fault.field, "reason": fault.reason} | rule)
    told = [
        Outcome("refused", code=codes.get(line, ""), line=line, problem=_problem_of(rows), errors=rows)
        for line, rows in errors.items()
    ]
    with rehearsal() if dry_run else nullcontext():
        for row in checked.good if checked.has_good_header else []:
            try:
                with savepoint():
                    told.append(load_one(row))
            except Refusal as no:
                told.append(refused(no, code=row.code, line=row.line))
    told.sort(key=lambda row: row.line)
    if not dry_run and (bad := [row for row in told if row.result == "refused"]):
        raise ImportRefused(rows=[asdict(row) for row in bad])
    return told


def loaded_dump(rows: list[Outcome], *, dry_run: bool) -> dict[str, Any]:
    """Every field of `TableLoaded`."""
    counts = Counter(row.result for row in rows)
    names = ("new", "changed", "announced", "same", "refused")
    return {"dry_run": dry_run, "rows": [asdict(row) for row in rows]} | {name: counts[name] for name in names}


def refused(no: Refusal, *, code: str, line: int = 0, **more: Any) -> Outcome:
    """What is told of a row that was refused: its problem's code, and what is wrong."""
    facts = {name: value for name, value in no.facts.items() if name not in ("errors", "rule", "rules")}
    said = f"{no.title()} {', '.join(f'{name}: {value}' for name, value in facts.items())}".strip()
    errors = no.facts.get("errors") or [{"field": "row", "reason": said}]
    return Outcome("refused", code=code, line=line, problem=no.code(), errors=errors, **more)


def _problem_of(errors: list[dict[str, str]]) -> str:
    return "charter_refused" if any("rule" in error for error in errors) else "invalid"


def load(work: Callable[[], Counter[str]]) -> str:
    """Do the work in one transaction and say how many were new, changed, same and announced for later."""
    try:
        counts = in_transaction(work)
    except Refusal as no:
        raise click.ClickException(f"{no.title()} {no.facts} Nothing was changed.") from no
    later = f", {counts['announced']} announced for later" if counts["announced"] else ""
    return f"{counts['new']} new, {counts['changed']} changed, {counts['same']} same{later}"


def progress(rows: Iterable[T], label: str) -> Iterator[T]:
    """The rows, with a bar on standard error while they are worked on."""
    if has_request_context():  # whoever asks has no terminal
        yield from rows
        return
    with click.progressbar(rows, label=label, file=sys.stderr) as bar:
        yield from bar


def _header_faults(table: Table, required: Set[str], optional: Set[str]) -> Iterator[Fault]:
    for column in sorted(required - set(table.columns)):
        yield Fault(1, column, "This column is missing.")
    for column in table.columns:
        if column not in required | optional:
            yield Fault(1, column, "Unknown column.")


def _check_charter_only(row: Row, its_kind: str, kind: str) -> None:
    check = CHECKS.get(its_kind)
    if breaches := check(row.cells) if check else []:
        raise CharterRefused(breaches)
    if its_kind != kind:
        raise Invalid(errors=[{"field": "kind", "reason": f"Not a {kind}: {its_kind[:40]}."}])


def _column(field: str) -> str:
    """The column that an API field's name stands for."""
    return re.sub(r"\.\d+\Z", "", field).replace("titles.", "title_")
