"""The SQL of our plans, written for DuckDB, as Spark reads it: only what is known to mean the same on both.

A plan's SQL is ours (never a policy's text), so this knows every form it takes; any other form is refused by name, not
guessed. Where the two engines differ, the form is written out: whole division of wide integers, positions of rows, ends
of texts in patterns, dates.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.dialects.spark import Spark as SparkDialect

from evenhand.core.errors import UsageError
from evenhand.core.plan import Select

SAME = frozenset({
    exp.Add, exp.Alias, exp.And, exp.Array, exp.ArrayConcat, exp.ArrayContains, exp.ArrayFilter, exp.Between,
    exp.BitwiseAnd, exp.BitwiseOrAgg, exp.Boolean, exp.Case, exp.Cast, exp.Coalesce, exp.Column, exp.Count, exp.DataType,
    exp.Distinct, exp.EQ, exp.Filter, exp.From, exp.GT, exp.GTE, exp.Greatest, exp.Group, exp.Having, exp.Identifier,
    exp.If, exp.In, exp.IntDiv, exp.Is, exp.Join, exp.LT, exp.LTE, exp.Lambda, exp.Least, exp.Limit, exp.Literal,
    exp.LogicalAnd, exp.LogicalOr, exp.Lower, exp.Max, exp.Min, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null,
    exp.Or, exp.Order, exp.Ordered, exp.Pad, exp.Paren, exp.RowNumber, exp.Select, exp.SplitPart, exp.Star,
    exp.StartsWith, exp.Sub, exp.Subquery, exp.Sum, exp.Table, exp.TableAlias, exp.TryCast, exp.Union, exp.Var,
    exp.Where, exp.Window, exp.Exists, exp.NullSafeEQ, exp.DataTypeParam, exp.Nullif,
})  # fmt: skip
"""What means the same on both, once the forms of `_REWRITTEN` are gone."""

TYPES = frozenset({"BIGINT", "INT", "SMALLINT", "BOOLEAN", "DATE", "TEXT", "VARCHAR", "ARRAY", "INT128", "DECIMAL"})
POSITION = "list_position"
WIDE = "DECIMAL(38, 0)"
LONG = 2**63


def translate(select: Select) -> str:
    """The select for Spark. UsageError names a form that is not translated."""
    tree = sqlglot.parse_one(select.sql, read="duckdb")
    _check(tree, select.name)
    for node in reversed(list(tree.bfs())):  # parts before what they are part of
        new = _rewritten(node)
        if node is tree:
            tree = new
        elif new is not node:
            node.replace(new)
    return tree.sql(dialect=_Spark)


def _check(tree: exp.Expression, name: str) -> None:
    for node in tree.walk():
        kind = type(node)
        if (kind not in SAME and kind not in _REWRITTEN) or (kind is exp.Anonymous and node.this.lower() != POSITION):
            raise UsageError(
                f"the Spark engine cannot run {name}: it does not translate {kind.__name__} ({node.sql('duckdb')[:60]})",
                "run this on DuckDB, the default engine",
            )
        if kind is exp.DataType and node.this.name not in TYPES:
            raise UsageError(f"the Spark engine cannot run {name}: it does not know the type {node.sql('duckdb')}",
                             "run this on DuckDB, the default engine")  # fmt: skip
        if kind is exp.Window and not node.args.get("order"):
            raise UsageError(f"the Spark engine cannot run {name}: a window has no order", "run this on DuckDB")


def _rewritten(node: exp.Expression) -> exp.Expression:
    method = _REWRITTEN.get(type(node))
    return node if method is None else method(node)


def _wide(node: exp.Expression) -> bool:
    """Whether a number may pass 64 bits: it is made of a HUGEINT, a prepared column or a literal that long."""
    if isinstance(node, exp.Cast):
        return node.to.this.name in ("INT128", "DECIMAL")
    if isinstance(node, exp.Column):
        return node.name.startswith("~") and node.name != "~row"
    if isinstance(node, exp.Literal) and not node.is_string:
        return int(node.this) >= LONG
    return any(_wide(child) for child in node.iter_expressions())


def _int_div(node: exp.Expression) -> exp.Expression:
    """Whole division. Spark's own gives a BIGINT and wraps in silence: wide numbers are made divisible first."""
    if not (_wide(node.this) or _wide(node.expression)):
        return node
    top, bottom = exp.paren(node.this.copy()), exp.paren(node.expression.copy())
    exact = exp.Div(this=exp.paren(exp.Sub(this=top, expression=exp.Mod(this=top.copy(), expression=bottom))),
                    expression=bottom.copy())  # fmt: skip
    return exp.cast(exact, WIDE)


def _cast(node: exp.Expression) -> exp.Expression:
    """HUGEINT is a decimal of 38 digits. What is cast to it was checked to be digits: TRY_CAST only moves the check."""
    if node.to.this.name != "INT128":
        return node
    return exp.TryCast(this=node.this, to=exp.DataType.build(WIDE))


def _regexp(node: exp.Expression) -> exp.Expression:
    """`$` is the end of the text; in Java's patterns it may stand before a last line end."""
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and pattern.is_string) or "$" in pattern.this[:-1]:
        raise UsageError("the Spark engine does not translate this pattern", "run this on DuckDB, the default engine")
    if pattern.this.endswith("$"):
        node.set("expression", exp.Literal.string(pattern.this[:-1] + "\\z"))
    return node


def _position(node: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this="array_position", expressions=node.expressions)


def _long(node: exp.Expression) -> exp.Expression:
    """Parts of a date are BIGINT in DuckDB, INT in Spark: a product of them must not be narrower here."""
    return exp.cast(exp.Anonymous(this=type(node).__name__.lower(), expressions=[node.this]), "BIGINT")


def _typeof(node: exp.Expression) -> exp.Expression:
    return exp.Upper(this=exp.Anonymous(this="typeof", expressions=[node.this]))


def _date_diff(node: exp.Expression) -> exp.Expression:
    unit = node.args.get("unit")
    if unit is None or unit.name.upper() != "DAY":
        raise UsageError("the Spark engine counts days only", "run this on DuckDB, the default engine")
    # sqlglot keeps the later day in `this`, the earlier in `expression`.
    return exp.cast(exp.Anonymous(this="datediff", expressions=[node.this, node.expression]), "BIGINT")


def _make_date(node: exp.Expression) -> exp.Expression:
    parts = [exp.cast(node.args[part].copy(), "INT") for part in ("year", "month", "day")]
    return exp.Anonymous(this="make_date", expressions=parts)


_REWRITTEN = {
    exp.Anonymous: _position,
    exp.IntDiv: _int_div,
    exp.Cast: _cast,
    exp.RegexpLike: _regexp,
    exp.Year: _long,
    exp.Month: _long,
    exp.Day: _long,
    exp.Typeof: _typeof,
    exp.DateDiff: _date_diff,
    exp.DateFromParts: _make_date,
}


class _Spark(SparkDialect):
    """Spark's dialect, with every text spelled in letters and escapes that nothing can read otherwise."""

    class Generator(SparkDialect.Generator):
        def literal_sql(self, expression: exp.Literal) -> str:
            if not expression.is_string:
                return super().literal_sql(expression)
            return "'" + "".join(map(_escaped, str(expression.this))) + "'"

        def trycast_sql(self, expression: exp.TryCast) -> str:
            return f"TRY_CAST({self.sql(expression, 'this')} AS {self.sql(expression, 'to')})"


def _escaped(letter: str) -> str:
    if letter.isascii() and (letter.isalnum() or letter in " _-.,:;/()[]{}^?*+<>="):
        return letter
    return f"\\u{ord(letter):04X}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08X}"
