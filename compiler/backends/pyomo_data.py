"""Sets and parameters with their elements and numbers -> `pe.Set` and `pe.Param` statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from compiler.backends.bound_data import BoundData
from compiler.backends.data_literals import element_list, entries, number
from compiler.backends.pyomo_statements import Component
from compiler.backends.statement_text import Origins, comment
from compiler.ir import expr as ir
from compiler.ir.game import ParamDef, SetDef


def set_statements(
    sets: tuple[SetDef, ...], names: Mapping[str, str], data: BoundData, origins: Origins
) -> tuple[Component, ...]:
    """The sets, those that others lie in first."""
    placed: dict[str, SetDef] = {}

    def place(definition: SetDef) -> None:
        for parent in _parents(definition):
            if parent.name in names and parent.name not in placed and parent is not definition:
                place(parent)
        placed.setdefault(definition.name, definition)

    for definition in sets:
        place(definition)
    return tuple(_set_statement(d, names, data, origins) for d in placed.values())


def _parents(definition: SetDef) -> tuple[SetDef, ...]:
    """The declared sets whose product, or the one that, holds the set; none where that is a computed set."""
    match definition.parent:
        case ir.SetName():
            return (definition.parent.set,)
        case ir.SetCombination(op="*") if all(isinstance(o, ir.SetName) for o in definition.parent.operands):
            return tuple(o.set for o in definition.parent.operands if isinstance(o, ir.SetName))
        case _:
            return ()


def _set_statement(d: SetDef, names: Mapping[str, str], data: BoundData, origins: Origins) -> Component:
    parents = _parents(d)
    elements = f"initialize={element_list(data.sets[d.name])}"
    if parents:
        place = [f"within={'*'.join(f'm.{names[p.name]}' for p in parents)}"]
    else:
        place = [f"dimen={d.arity}"] if d.arity > 1 else []
    return Component(names[d.name], "Set", (*place, elements), comment(d, origins))


def param_statement(
    d: ParamDef, name: str, index: tuple[str, ...] | None, data: BoundData, origins: Origins, note: str = ""
) -> Component:
    """A parameter; `index` names the sets of its index where it runs over whole sets, with a condition or without."""
    values = data.numbers(d)
    notes = [note] if note else []
    if data.from_outside(d):
        notes.append("given from outside")
    elif not note and d.value is not None and not isinstance(d.value, ir.Number):
        notes.append("computed")
    above = comment(d, origins, ", ".join(notes))
    if not d.domain.binders:
        return Component(name, "Param", (f"initialize={number(values[()])}",), above)
    if index is None:
        return Component(name, "Param", ("pe.Any", f"initialize={entries(values)}"), above)
    if d.domain.where is not None or not values:
        return Component(name, "Param", (*index, f"initialize={entries(values)}"), above)
    common, _ = Counter(values.values()).most_common(1)[0]
    if all(v == common for v in values.values()):
        return Component(name, "Param", (*index, f"initialize={number(common)}"), above)
    fallback: tuple[str, ...] = ()
    if isinstance(d.default, ir.Number):
        usual = d.default.value
        fallback = (f"default={number(usual)}",)
        values = {k: v for k, v in values.items() if v != usual}
    return Component(name, "Param", (*index, *fallback, f"initialize={entries(values)}"), above)
