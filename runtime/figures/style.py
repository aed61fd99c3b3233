"""How figures look: matplotlib's settings for print, and colours that colour-blind readers tell apart.

Reference: Okabe and Ito, "Color universal design" (2008), https://jfly.uni-koeln.de/color/
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
"""Okabe and Ito's, the strong ones first; yellow on white is weak, so it comes last."""

DASHES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
"""Lines beyond the colours repeat them dashed; and in grey print dashes tell neighbours apart."""

MARKERS = "osD^vPX*"

WIDTH = 6.3
"""Inches: the text of an A4 page with usual margins."""

HEIGHT = 2.3
"""Inches of one panel."""

SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 9.0,
    "axes.labelsize": 9.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "0.88",
    "grid.linewidth": 0.6,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.4,
    "lines.markersize": 3.5,
    "figure.dpi": 100.0,
    "savefig.dpi": 200.0,
    # Texts stay texts: a journal can set them, readers can search them.
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "gamec",
    "axes.unicode_minus": True,
    "text.usetex": False,
}
"""On top of matplotlib's own defaults."""


FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans",
    "Arial Unicode MS",
)
"""Chinese and Japanese, of Linux, Windows and macOS; whichever there is."""


def line_style(k: int) -> dict[str, Any]:
    """Colour and dashes of line number `k`."""
    return {"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[(k // len(COLOURS)) % len(DASHES)]}


@contextmanager
def print_style() -> Iterator[None]:
    """Within it matplotlib draws as `SETTINGS` say, whatever the reader's own matplotlibrc and session say."""
    import matplotlib

    with matplotlib.rc_context():
        settings: Any = matplotlib.rcParams
        default: Any = matplotlib.rcParamsDefault
        settings.update(default)
        settings.update({"backend": "agg", **SETTINGS, "font.family": ["DejaVu Sans", *_other_scripts()]})
        with warnings.catch_warnings():
            # Without a font for a script there are boxes; the words stand in tables, and in the SVG, all the same.
            warnings.filterwarnings("ignore", "Glyph")
            yield


def _other_scripts() -> list[str]:
    """Fonts of this machine for what DejaVu Sans lacks."""
    from matplotlib.font_manager import fontManager

    there = {font.name for font in fontManager.ttflist}
    return [name for name in FALLBACKS if name in there]


def plain(words: str) -> str:
    """Words of a model for matplotlib, which takes what stands between two dollar signs for a formula."""
    return words.replace("$", r"\$")
