"""Greek letters: their TeX names and characters. `character("eta")` is "η", `COMMANDS["η"]` is the TeX command."""

from __future__ import annotations

SMALL = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip

CAPITAL = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip

VARIANTS = {"varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ϱ", "varsigma": "ς", "varpi": "ϖ"}
"""TeX commands for other forms. In Unicode ε and φ are the open and the looped form, `\\varepsilon` and `\\varphi`."""

CLOSED = {"epsilon": "ϵ", "phi": "ϕ"}
"""The forms that TeX's `\\epsilon` and `\\phi` print."""

LIKE_LATIN = {
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P",
    "Τ": "T", "Χ": "X", "ο": "o",
}  # fmt: skip
"""Letters that look like Latin ones and have no TeX command."""

NAMES = {**SMALL, **CAPITAL}
"""What a name spelled out stands for: `eta` for η."""

COMMANDS = {
    **{character: f"\\{name}" for name, character in {**SMALL, **CAPITAL}.items()},
    **{character: f"\\{name}" for name, character in VARIANTS.items()},
    **{character: f"\\{name}" for name, character in CLOSED.items()},
    "µ": r"\mu",
}
"""Character -> TeX command."""

FROM_TEX = {**NAMES, **VARIANTS, **CLOSED}
"""TeX command without the backslash -> character."""
