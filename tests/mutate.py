"""Taking a guard out of the program, to see whether anybody notices."""

from __future__ import annotations

import inspect
import sys
import textwrap
from typing import Any

import pytest


def mutate(patch: pytest.MonkeyPatch, owner: Any, name: str, old: str, new: str) -> None:
    """Rewrite `old` to `new` in a function of a module or class, wherever the program has it by name.

    When that expression has moved, this says so: a test never passes because nothing was changed.
    """
    function = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{name} does not hold {old!r} exactly once any more"
    home = sys.modules[owner.__module__] if inspect.isclass(owner) else owner
    made: dict[str, Any] = {}
    exec(compile(source.replace(old, new), f"<{name}, mutated>", "exec"), vars(home), made)
    if inspect.isclass(owner):
        patch.setattr(owner, name, made[name])
        return
    for module in [module for key, module in sys.modules.items() if key.startswith(("pos.", "sync.", "tests."))]:
        if vars(module).get(name) is function:
            patch.setattr(module, name, made[name])
