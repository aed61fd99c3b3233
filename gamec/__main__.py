"""`python -m gamec`: the same as the command `gamec`."""

from __future__ import annotations

from gamec.app import main

if __name__ == "__main__":
    raise SystemExit(main())
