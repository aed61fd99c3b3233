"""Names of a model -> names that Python and Pyomo accept, each taken once: `Names`."""

from __future__ import annotations

import builtins
import keyword
from unicodedata import normalize

# What Pyomo's ConcreteModel has of its own. A component of one of these names would hide a method of the model, as a
# variable `load` hides `model.load`. A test compares this list with the installed Pyomo.
_BLOCK = """
    Skip activate active active_blocks active_component_data active_components add_component all_blocks
    all_component_data all_components block_data_objects clear clear_suffix_value clone cname collect_ctypes component
    component_data_iterindex component_data_objects component_map component_objects compute_statistics config construct
    contains_component create_instance ctype deactivate del_component dim display doc find_component fix_all_vars
    get_suffix_value getname id_index_map index index_set is_component_type is_constructed is_expression_type
    is_indexed is_logical_type is_named_expression_type is_numeric_type is_parameter_type is_reference
    is_variable_type items iteritems iterkeys itervalues keys load local_name model name nconstraints nobjectives
    nvariables parent_block parent_component pprint preprocess private_data reclassify_component_type reconstruct
    register_private_data_initializer root_block set_suffix_value set_value solutions statistics to_dense_data
    transfer_attributes_from type unfix_all_vars valid_model_component valid_problem_types values write
"""

_SCRIPT = """
    m pe sys SimpleNamespace at step stated mean prod optimise solved show solver item item0 item1 item2 item3
    main compute_bounds_on_expr version_info lowest highest sides room slopes_offsets lines curve tier_points cvar
    e end on points slopes offsets over
"""

MODEL_RESERVED = frozenset(_BLOCK.split()) | {"dual"}
"""Names that no component of the model may have."""

SCRIPT_RESERVED = frozenset(dir(builtins)) | frozenset(_SCRIPT.split())
"""Names that no function or letter of a script may have: Python's own, and those that the script uses itself."""


def identifier(name: str) -> str:
    """The name as Python reads it (Unicode NFKC), with what no Python name may hold replaced. Not unique."""
    text = normalize("NFKC", name)
    text = "".join(c if f"a{c}".isidentifier() else "_" for c in text)
    # Pyomo keeps names that begin with an underscore for itself.
    return text if text[:1] != "_" and text.isidentifier() else f"v{text}"


class Names:
    """One name space: hands out each name once."""

    def __init__(self, reserved: frozenset[str]) -> None:
        self._reserved = reserved
        self._taken: set[str] = set()

    def claim(self, name: str, owner: str = "") -> str:
        """A free name: `name` itself, `name_` where the language reserves it, `owner_name`, or with a number."""
        plain = identifier(name)
        if keyword.iskeyword(plain) or plain in self._reserved:
            plain += "_"
        candidates = [plain, *([f"{identifier(owner)}_{plain}"] if owner else [])]
        found = next((c for c in candidates if self._free(c)), "")
        number = 2
        while not found:
            found = f"{plain}_{number}" if self._free(f"{plain}_{number}") else ""
            number += 1
        self._taken.add(found)
        return found

    def _free(self, name: str) -> bool:
        return name not in self._taken and name not in self._reserved and not keyword.iskeyword(name)
