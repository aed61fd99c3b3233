"""The same examples in every run of the everyday tests; `nox -s slow` draws new ones (HYPOTHESIS_PROFILE=new)."""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
