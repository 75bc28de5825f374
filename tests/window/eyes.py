"""What can be seen of a window that sells, for whoever works it: a test's hands, or a clerk of the rush."""

from __future__ import annotations

from pos.ui.sell.presenter import SellPresenter
from pos.ui.sell.screen import SellScreen
from pos.ui.window import CounterWindow


class Eyes:
    """On `window`."""

    window: CounterWindow

    @property
    def screen(self) -> str:
        return self.window.current.name if self.window.current is not None else ""

    @property
    def sell(self) -> SellPresenter:
        return self.window.sell

    @property
    def selling(self) -> SellScreen:
        screen = self.window.screens["sell"]
        assert isinstance(screen, SellScreen)
        return screen
