"""Tables and steps as columns: which row fitted, what it gives, and, where it cannot be decided, which input is missing."""

from __future__ import annotations

from evenhand.flow.entitlement.apart import all_apart
from evenhand.flow.entitlement.emit import Emitter
from evenhand.flow.entitlement.inputs import literal
from evenhand.flow.entitlement.layers import HOUSEHOLD, MEMBER, Layers, Sql, integer, joined
from evenhand.flow.policy.evaluate import parts
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.tree import AGGREGATES, Node, Program, TypedRow, TypedStep, TypedTable

NO_ROW = "no row fits"
TWO_ROWS = "two rows fit"


class Rules:
    """Writes the rules of a program on demand: what no entitlement reads is not computed."""

    def __init__(self, program: Program, layers: Layers, members: bool, stated_size: bool) -> None:
        self.program = program
        self.layers = layers
        self.members = members
        self.stated_size = stated_size
        self.emitter = Emitter(program, layers, self.read, self.size)
        self._values: dict[str, Sql] = {}
        self._hits: dict[str, Sql] = {}
        self._whys: dict[str, Sql] = {}

    # -- values

    def size(self) -> Sql:
        """Members counted; a stated size that differs is unknown."""
        if "size" not in self._values:
            stated = Sql("i_size", 0, True) if self.stated_size else None
            if not self.members:
                self._values["size"] = stated or Sql("CAST(NULL AS BIGINT)", 0, True)
                return self._values["size"]
            counted = self.layers.gather(
                Sql("household", 0, True), f"CASE WHEN count(*) <= {MEMBERS_MAX} THEN count({{}}) END"
            )
            if stated:
                same = f"CASE WHEN i_size IS NULL OR i_size = {counted.text} THEN {counted.text} END"
                counted = self.layers.column(HOUSEHOLD, Sql(same, counted.layer), "r_size")
            self._values["size"] = counted
        return self._values["size"]

    def read(self, name: str, scope: str) -> Sql:
        """The value of a rule, as read in `scope`."""
        typed = self.program.rules[name]
        value = self.value(name)
        return self.layers.fetch(value) if scope == MEMBER and typed.rule.of == HOUSEHOLD else value

    def value(self, name: str) -> Sql:
        """The column of a rule's value, in its own scope."""
        if name not in self._values:
            typed = self.program.rules[name]
            if isinstance(typed, TypedStep):
                sql = self.emitter.emit(typed.node, typed.rule.of)
            else:
                sql = self._table_value(name, typed)
            self._values[name] = self.layers.column(typed.rule.of, sql, f"r_{name}")
        return self._values[name]

    def hit(self, name: str) -> Sql:
        """A bit for every row that decided (bit n for `otherwise`); NULL where the table is undecided."""
        if name not in self._hits:
            typed = self.program.rules[name]
            assert isinstance(typed, TypedTable)
            self._hits[name] = self.layers.column(typed.rule.of, self._hit(typed), f"t_{name}")
        return self._hits[name]

    def _conditions(self, typed: TypedTable) -> list[Sql]:
        scope = typed.rule.of
        plain = [self.layers.column(scope, self.emitter.emit(row.when, scope)) for row in typed.rows]
        found: list[Sql] = []
        for row, own in zip(typed.rows, plain, strict=True):
            position = bit(typed, row)
            over = [sql for other, sql in zip(typed.rows, plain, strict=True) if position in other.over]
            nots = [Sql(f"(NOT {sql.text})", sql.layer) for sql in over]
            found.append(self.layers.column(scope, joined([own, *nots], "AND")) if over else own)
        return found

    def _hit(self, typed: TypedTable) -> Sql:
        last = _mask(len(typed.rule.rows)) if typed.otherwise is not None else "CAST(NULL AS BIGINT)"
        chain = self._exclusive(typed)
        if chain is not None:
            return Sql(f"CASE {chain.text} ELSE {last} END", chain.layer)
        conditions = self._conditions(typed)
        layer = max((sql.layer for sql in conditions), default=0)
        masks = [_mask(bit(typed, row)) for row in typed.rows]
        if typed.rule.hit == "first":
            cases = "".join(
                f" WHEN {sql.text} IS NULL THEN NULL WHEN {sql.text} THEN {mask}"
                for sql, mask in zip(conditions, masks, strict=True)
            )
            return Sql(f"CASE{cases} ELSE {last} END" if cases else last, layer)
        read = [self._unknown_with(typed, row, sql) for row, sql in zip(typed.rows, conditions, strict=True)]
        layer = max([layer, *(sql.layer for sql in read)])
        unknown = " OR ".join(dict.fromkeys(f"{sql.text} IS NULL" for sql in read)) or "FALSE"
        if typed.rule.hit == "sum":
            total = (
                joined(
                    [
                        Sql(f"(CASE WHEN {sql.text} THEN {mask} ELSE 0 END)")
                        for sql, mask in zip(conditions, masks, strict=True)
                    ],
                    "+",
                ).text
                if conditions
                else "0"
            )
            some = " OR ".join(sql.text for sql in conditions) or "FALSE"
            none = last if typed.otherwise is not None else integer(0).text
            return Sql(f"CASE WHEN {unknown} THEN NULL WHEN {some} THEN {total} ELSE {none} END", layer)
        both = ""
        if not all_apart(typed):
            count = joined([Sql(f"CAST({sql.text} AS INTEGER)") for sql in conditions], "+").text
            both = f" WHEN {count} > 1 THEN NULL"
        cases = "".join(f" WHEN {sql.text} THEN {mask}" for sql, mask in zip(conditions, masks, strict=True))
        return Sql(f"CASE WHEN {unknown} THEN NULL{both}{cases} ELSE {last} END", layer)

    def _unknown_with(self, typed: TypedTable, row: TypedRow, condition: Sql) -> Sql:
        """What is unknown exactly where the condition is: the word it asks for, which other rows may ask for too."""
        if row.when.op != "word-in" or any(bit(typed, row) in other.over for other in typed.rows):
            return condition
        return self.emitter.atom(self.emitter.emit(row.when.args[0], typed.rule.of), typed.rule.of)

    def _exclusive(self, typed: TypedTable) -> Sql | None:
        """The short form where every row asks for other words of one category: no two rows can fit."""
        if typed.rule.hit == "sum" or not typed.rows:
            return None
        value = typed.rows[0].when.args[0] if typed.rows[0].when.op == "word-in" else None
        seen: set[str] = set()
        for row in typed.rows:
            if row.when.op != "word-in" or row.when.args[0] != value or row.over or seen & row.when.data:
                return None
            seen |= row.when.data
        assert value is not None
        code = self.emitter.emit(value, typed.rule.of)
        words = self.program.policy.categories[value.category]
        cases = [f"WHEN {code.text} IS NULL THEN NULL"]
        for row in typed.rows:
            codes = ", ".join(str(number) for number, word in enumerate(words) if word in row.when.data)
            cases.append(f"WHEN {code.text} IN ({codes}) THEN {_mask(bit(typed, row))}")
        return Sql(" ".join(cases), code.layer)

    def _table_value(self, name: str, typed: TypedTable) -> Sql:
        scope, den = typed.rule.of, typed.raw.den
        hit = self.hit(name)
        values = [(bit(typed, row), self.emitter.scaled(row.then, den, scope)) for row in typed.rows]
        other = self.emitter.scaled(typed.otherwise, den, scope) if typed.otherwise is not None else None
        layer = max([hit.layer, *(sql.layer for _, sql in values), *([other.layer] if other else [])])
        last = len(typed.rule.rows)
        if typed.rule.hit == "sum":
            terms = [Sql(f"(CASE WHEN ({hit.text} & {_mask(n)}) <> 0 THEN {sql.text} ELSE 0 END)") for n, sql in values]
            total = joined(terms, "+").text if terms else "0"
            none = f" WHEN {hit.text} = {_mask(last)} THEN {other.text}" if other else ""
            raw = Sql(f"(CASE WHEN {hit.text} IS NULL THEN NULL{none} ELSE {total} END)", layer)
        else:
            cases = "".join(
                f" WHEN {_mask(n)} THEN {sql.text}" for n, sql in [*values, *([(last, other)] if other else [])]
            )
            raw = Sql(f"(CASE {hit.text}{cases} END)" if cases else "CAST(NULL AS BIGINT)", layer)
        if typed.rule.round is None:
            return raw
        held = self.layers.column(scope, raw)
        node = Node("raw", "number", scope, quant=typed.raw, data=held)
        rounded = Node(
            "round", "number", scope, (node,), typed.value, data=(typed.rule.round.to, typed.rule.round.mode)
        )
        return self.emitter.emit(rounded, scope)

    # -- what is missing

    def why(self, node: Node, scope: str) -> Sql | None:
        """Text that names the input for want of which `node` is unknown (to be read only where it is)."""
        if node.op == "const":
            return None
        if node.op == "input":
            column = self.emitter.emit(node, scope)
            return Sql(f"(CASE WHEN {column.text} IS NULL THEN {literal(str(node.data))} END)", column.layer)
        if node.op == "size":
            column = self.emitter.emit(node, scope)
            if not self.members:
                return Sql(f"(CASE WHEN {column.text} IS NULL THEN 'size' END)", column.layer)
            none = self.layers.gather(Sql("household", 0, True), "count({})")
            none = self.layers.fetch(none) if scope == MEMBER else none
            text = f"(CASE WHEN {column.text} IS NULL THEN CASE WHEN {none.text} IS NULL THEN 'member' ELSE 'size' END END)"
            return Sql(text, max(column.layer, none.layer))
        if node.op == "rule":
            return self._why_rule(str(node.data), scope)
        if node.op in AGGREGATES:
            inner = self.why(node.args[0], MEMBER)
            text = inner.text if inner else "NULL"
            held = (
                self.layers.column(MEMBER, Sql(text, inner.layer if inner else 0))
                if inner
                else Sql("CAST(NULL AS VARCHAR)", 0, True)
            )
            gathered = self.layers.gather(
                held, "coalesce(min({}) FILTER (WHERE {} IS NOT NULL), CASE WHEN count(*) > 1000 THEN 'size' END)"
            )
            value = self.layers.column(HOUSEHOLD, self.emitter.emit(node, HOUSEHOLD))
            text = f"(CASE WHEN {value.text} IS NULL THEN coalesce({gathered.text}, 'member') END)"
            return Sql(text, max(gathered.layer, value.layer))
        causes = [part for arg in node.args if (part := self.why(arg, scope)) is not None]
        if not causes:
            return Sql(literal(node.op), 0, True) if node.op == "lookup" else None
        layer = max(part.layer for part in causes)
        text = f"coalesce({', '.join(part.text for part in causes)})" if len(causes) > 1 else causes[0].text
        if node.op == "lookup":
            text = f"coalesce({text}, 'no value for the key')"
        if node.op in ("and", "or", "not", "lookup"):
            value = self.layers.column(scope, self.emitter.emit(node, scope))
            return Sql(f"(CASE WHEN {value.text} IS NULL THEN {text} END)", max(layer, value.layer))
        return Sql(text, layer)

    def _why_rule(self, name: str, scope: str) -> Sql:
        typed = self.program.rules[name]
        if name not in self._whys:
            value = self.value(name)
            inner = (
                self.why(typed.node, typed.rule.of) if isinstance(typed, TypedStep) else self._why_table(name, typed)
            )
            text, layer = (inner.text, inner.layer) if inner else ("NULL", 0)
            sql = Sql(
                f"CASE WHEN {value.text} IS NULL THEN coalesce({text}, {literal(name)}) END", max(layer, value.layer)
            )
            self._whys[name] = self.layers.column(typed.rule.of, sql, f"w_{name}")
        column = self._whys[name]
        return self.layers.fetch(column) if scope == MEMBER and typed.rule.of == HOUSEHOLD else column

    def _why_table(self, name: str, typed: TypedTable) -> Sql:
        scope = typed.rule.of
        hit = self.hit(name)
        layer = hit.layer
        open_cases: list[str] = []
        fitted: list[str] = []
        for row in typed.rows:
            cause, gives = self.why(row.when, scope), self.why(row.then, scope)
            if cause is not None:
                own = self.layers.column(scope, self.emitter.emit(row.when, scope))
                open_cases.append(f"WHEN {own.text} IS NULL THEN {cause.text}")
                layer = max(layer, own.layer, cause.layer)
            if gives is not None:
                fitted.append(
                    f"WHEN ({hit.text} & {_mask(bit(typed, row))}) <> 0 AND {gives.text} IS NOT NULL THEN {gives.text}"
                )
                layer = max(layer, gives.layer)
        if typed.otherwise is not None and (gives := self.why(typed.otherwise, scope)) is not None:
            fitted.append(f"WHEN ({hit.text} & {_mask(len(typed.rule.rows))}) <> 0 THEN {gives.text}")
            layer = max(layer, gives.layer)
        missing = literal(f"{name}: {NO_ROW if typed.otherwise is None else TWO_ROWS}")
        found = f"CASE {' '.join(open_cases)} ELSE {missing} END" if open_cases else missing
        given = f" ELSE CASE {' '.join(fitted)} END" if fitted else ""
        return Sql(f"(CASE WHEN {hit.text} IS NULL THEN {found}{given} END)", layer)

    # -- reasons

    def tables(self, node: Node) -> list[str]:
        """The tables a value is made of, in the order of use."""
        found: dict[str, None] = {}
        self._tables(node, found)
        return [name for name, typed in self.program.rules.items() if name in found and isinstance(typed, TypedTable)]

    def _tables(self, node: Node, found: dict[str, None]) -> None:
        if node.op == "rule" and str(node.data) not in found:
            typed = self.program.rules[str(node.data)]
            found[str(node.data)] = None
            for part in parts(typed):
                self._tables(part, found)
        for arg in node.args:
            self._tables(arg, found)

    def fired(self, name: str) -> Sql:
        """The bits of a table's rows that decided something for the household (of all members together)."""
        hit = self.hit(name)
        if self.program.rules[name].rule.of == HOUSEHOLD:
            return hit
        return self.layers.gather(hit, "bit_or({})")


def bit(typed: TypedTable, row: TypedRow) -> int:
    """The bit that stands for a row."""
    return typed.rule.rows.index(row.row)


def row_ids(typed: TypedTable) -> list[str]:
    """`TABLE.ROW` by bit."""
    return [f"{typed.rule.name}.{row.id}" for row in typed.rule.rows] + [f"{typed.rule.name}.otherwise"]


def _mask(position: int) -> str:
    return integer(1 << position).text
