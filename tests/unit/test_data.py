"""Where shipped data is found: beside the package, in a frozen bundle, in a checkout."""

import sys

import pytest

from pos import data


def test_a_checkout_has_its_data_at_its_root():
    assert data.resource("plans", "opera.json").is_file()
    assert data.resource("fonts", "Inter-Regular.otf").is_file()
    assert data.printer_data().name == "printers"


def test_a_wheel_carries_it_in_the_package(monkeypatch, tmp_path):
    package = tmp_path / "site-packages" / "pos"
    (package / "_data" / "resources").mkdir(parents=True)
    (package / "_data" / "resources" / "a.txt").write_text("wheel")
    monkeypatch.setattr(data, "__file__", str(package / "data.py"))
    assert data.resource("a.txt").read_text() == "wheel"


def test_a_frozen_program_carries_it_in_its_bundle(monkeypatch, tmp_path):
    shipped = tmp_path / "pos" / "_data" / "resources" / "plans" / "opera.json"
    shipped.parent.mkdir(parents=True)
    shipped.write_text("frozen")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert data.resource("plans", "opera.json").read_text() == "frozen"


def test_what_is_missing_is_named_with_where_it_was_looked_for():
    with pytest.raises(FileNotFoundError, match=r"resources/plans/atlantis\.json.*looked in"):
        data.resource("plans", "atlantis.json")
