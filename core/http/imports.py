"""What is sent to try or to load what the catalogue is to say, and what is told of each item of it."""

from marshmallow import fields, validate

from core.http.problems import ProblemError
from core.http.schemas import Boolean, Difference, Instant, Schema, Whole
from core.importing import ROWS_MAX, TEXT_CHARS_MAX

BODY_BYTES_MAX = 2 * TEXT_CHARS_MAX


class ItemTold(Schema):
    """What would become of an item, or has."""

    code = fields.String(required=True, metadata={"description": "empty where none could be read"})
    result = fields.String(
        required=True,
        validate=validate.OneOf(["new", "changed", "announced", "same", "refused"]),
        metadata={"description": "announced: a change that comes into force later"},
    )
    changes = fields.List(fields.Nested(Difference), required=True)
    worse = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "the fields in which residents are worse off: they need notice (charter C20)"},
    )
    in_force_from = Instant(required=True, allow_none=True)
    earliest = Instant(
        required=True, allow_none=True, metadata={"description": "the earliest `in_force_from` that the notice allows"}
    )
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "the code of the problem, where it is refused"}
    )
    errors = fields.List(fields.Nested(ProblemError), required=True)


class RowTold(ItemTold):
    """The same of a row of a table; the header is line 1."""

    line = Whole(required=True)


class TableSent(Schema):
    """A table as CSV: the columns of the files that the commands load."""

    csv = fields.String(
        required=True,
        validate=validate.Length(1, TEXT_CHARS_MAX),
        metadata={"description": f"at most {ROWS_MAX} rows, commas or semicolons between cells"},
    )
    dry_run = Boolean(required=True, metadata={"description": "true: nothing is changed, only told"})


class TableLoaded(Schema):
    """What became of each row, or would: all are loaded or none."""

    dry_run = fields.Boolean(required=True)
    new = Whole(required=True)
    changed = Whole(required=True)
    announced = Whole(required=True)
    same = Whole(required=True)
    refused = Whole(required=True)
    rows = fields.List(fields.Nested(RowTold), required=True)
