"""The same examples in every run of the everyday tests; `nox -s slow` draws new ones (HYPOTHESIS_PROFILE=new).

Hypothesis also draws constants that it finds in the project's modules, those that are loaded at that moment. Which ones
are depends on the tests that a worker ran before, so all are loaded at the start.
"""

import importlib
import os
import pkgutil

from hypothesis import settings

import compiler
import gamec
import grammar
import runtime

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

for package in (compiler, gamec, grammar, runtime):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
