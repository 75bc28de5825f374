"""The catalogues are whole: every text of the window in every language, with its fields and its plural forms."""

from __future__ import annotations

import pytest

from tests.words import catalogues
from tests.words.source import texts


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_every_text_of_the_window_is_translated(language: str) -> None:
    """`make words` says the same; `make words ARGS=--merge` puts in what a translator is to fill."""
    assert list(catalogues.faults(catalogues.read(language), texts())) == []
