"""The registry of diagnostic codes: one row per code, stable for ever. G0 files, G1 syntax, G2 names, G3 sets and
indices, G4 units, G5 data, G6 players and relations, G7 reformulation, G8 solving and certificates, G9 our own faults.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A diagnostic's stable name (`slug`) and what it means in one sentence."""

    slug: str
    meaning: str


CODES: dict[str, Code] = {
    # G0 files
    "G001": Code("file-not-found", "A model or data file does not exist or cannot be read."),
    "G002": Code("not-text", "A file is not UTF-8 text."),
    "G003": Code("cannot-write", "An output file or folder cannot be written."),
    "G004": Code("part-missing", "A part of gamec that is installed separately is missing."),
    "G005": Code("no-run-folder", "A folder is no whole run folder of a version that this gamec reads."),
    "G006": Code("run-changed", "What stands in a run folder is not what was written."),
    "G007": Code("not-printable", "A document cannot print a symbol or a character as it was given."),
    "G008": Code("another-run", "The run that was begun in a folder cannot go on with what is to be solved now."),
    # G1 syntax
    "G101": Code("unexpected-token", "The text does not continue as the language asks."),
    "G102": Code("unexpected-character", "A character that has no place in the language."),
    "G103": Code("unclosed", "A brace, bracket, parenthesis or string is not closed."),
    "G104": Code("assignment-for-equality", "`=` stands where a relation needs `==`."),
    "G105": Code("unknown-keyword", "A statement begins with a word that is no keyword."),
    "G106": Code("misplaced-statement", "A statement stands where it has no meaning."),
    "G107": Code("not-supported-yet", "The language has this construct, this version cannot compile it yet."),
    "G108": Code("not-an-expression", "A construct stands where it is not allowed in an expression."),
    "G109": Code("not-a-relation", "A constraint holds no relation, or one that cannot be read as a constraint."),
    "G110": Code("repeated-part", "A part of a declaration is given twice."),
    "G111": Code("too-deep", "Expressions are nested too deeply."),
    "G112": Code("equality-for-assignment", "`==` stands where a value is given with `=`."),
    "G113": Code("number-out-of-range", "A number is too large or too small for the computer's arithmetic."),
    # G2 names
    "G201": Code("unknown-name", "A name is used that nothing declares."),
    "G202": Code("duplicate-name", "A name is declared twice in one scope."),
    "G203": Code("ambiguous-name", "A name without its player fits several declarations."),
    "G204": Code("wrong-kind-of-name", "A name is used as something that it is not."),
    "G205": Code("circular-definition", "Declarations define each other in a circle."),
    "G206": Code("unknown-function", "A function that the language does not have."),
    "G207": Code("wrong-argument-count", "A function gets the wrong number of arguments."),
    # G3 sets and indices
    "G301": Code("wrong-index-count", "A name is used with the wrong number of indices."),
    "G302": Code("unbound-index", "An index letter is used where nothing binds it."),
    "G303": Code("wrong-index-set", "An index runs over a set that does not fit the position."),
    "G304": Code("not-an-element", "An element is not in the set that the position asks for."),
    "G305": Code("off-the-edge", "A step leaves the set at its first or last element."),
    "G306": Code("index-rebound", "An index letter is bound again inside its own range."),
    "G307": Code("no-steps", "A set cannot be stepped along in this way."),
    "G308": Code("bad-range", "A range of a set is empty, endless, too long or not of integers."),
    "G309": Code("duplicate-element", "A set holds an element twice."),
    "G310": Code("outside-domain", "A variable is used outside the index combinations it is declared for."),
    "G311": Code("no-letter", "An index name is neither a letter nor a binder."),
    "G312": Code("index-as-number", "Elements that are no numbers are used as numbers."),
    "G313": Code("moving-set", "A set that depends on an index letter stands where one fixed set is needed."),
    # G4 units
    "G401": Code("unit-mismatch", "Quantities of different units are added, compared or assigned."),
    "G402": Code("unknown-unit", "A unit that is neither built in nor declared."),
    "G403": Code("unit-not-allowed", "A function or power needs a number without unit."),
    "G404": Code("price-per-time", "A shadow price is declared per unit of time more or less than it is."),
    # G5 data
    "G501": Code("missing-value", "Data lack an entry, or a parameter has no value at all."),
    "G502": Code("duplicate-entry", "Data give one entry twice."),
    "G503": Code("surplus-entry", "Data have an entry for an element that is not in the set."),
    "G504": Code("not-a-number", "A data entry is no finite number."),
    "G505": Code("missing-column", "A data file lacks a column that is needed."),
    "G506": Code("bad-data-file", "A data file cannot be read in its format."),
    "G507": Code("bad-override", "A value given from outside does not fit the parameter."),
    "G508": Code("division-by-zero", "A computed value divides by zero or is not finite."),
    "G509": Code("data-needs-data", "Data, a bound or a condition holds a variable."),
    "G510": Code("empty-bounds", "A lower bound lies above its upper bound."),
    "G511": Code("bad-probabilities", "The probabilities of scenarios are negative or do not sum to one."),
    "G512": Code("bad-shape", "Points, limits or levels of a curve, tiers or risk measure are out of order."),
    # G6 players and relations
    "G601": Code("no-objective", "A player has no objective."),
    "G602": Code("several-objectives", "A player has more than one objective."),
    "G603": Code("leader-cycle", "Players follow each other in a circle."),
    "G604": Code("no-player", "A model without a player."),
    "G605": Code("unknown-case", "A case that the model does not have."),
    "G606": Code("dropped-name", "A dropped constraint or player is used elsewhere."),
    "G607": Code("constant-constraint", "A constraint without a variable can never hold."),
    "G608": Code("not-own-constraint", "A player's constraint holds none of its own variables."),
    "G609": Code("not-a-number-of-one", "A report or objective is not a single number."),
    # G7 reformulation
    "G701": Code("nonlinear", "An expression is nonlinear where only linear or quadratic ones can be compiled."),
    "G702": Code(
        "nonconvex-follower", "A follower's problem is not convex, so its optimality conditions prove nothing."
    ),
    "G703": Code("integer-follower", "An integer follower has no optimality conditions."),
    "G704": Code("game-not-supported", "No method of this version takes this game as it stands."),
    "G705": Code("nonconvex-quadratic", "A quadratic is not convex where the method needs it."),
    "G706": Code("price-not-available", "A shadow price is used where none can be computed."),
    "G710": Code("bound-needed", "A nonconvex place needs bounds that cannot be derived."),
    "G711": Code("rewarded-risk", "A risk measure stands where a larger risk is better."),
    "G712": Code("no-formula", "Optimality conditions of a construct have no indexed formula."),
    "G713": Code("not-in-this-format", "A file format cannot hold what the game has."),
    "G714": Code("less-exact", "A form of a file is less exact than the solver that reads it."),
    # G8 solving and certificates
    "G801": Code("infeasible", "No point satisfies the constraints."),
    "G802": Code("unbounded", "The objective has no bound."),
    "G803": Code("solver-missing", "A solver is not installed."),
    "G804": Code("solver-failed", "A solver stopped without an answer."),
    "G805": Code("limit-reached", "A time or iteration limit came first."),
    "G806": Code("not-certified", "The answer did not pass the certificate."),
    "G807": Code("unknown-option", "A method, solver or option that does not exist or does not fit."),
    "G808": Code("no-equilibrium-found", "An iteration over the players ended without an equilibrium."),
    "G809": Code("not-attained", "The leader's best value is approached, but no decision gives it."),
    # G9 our own faults
    "G901": Code("internal-error", "A fault of gamec itself."),
}
