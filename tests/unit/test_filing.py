"""Files that are whole or not there, and never over another one unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pos.filing import write_whole


def test_a_file_is_written_and_another_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_whole(path, b"one")
    with pytest.raises(FileExistsError, match="is there already"):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    write_whole(path, b"two", replace=True)
    assert path.read_bytes() == b"two"
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]


def test_one_that_comes_meanwhile_is_left_alone_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    real = os.fsync

    def slow(handle: int) -> None:
        real(handle)
        path.write_bytes(b"another program's")

    monkeypatch.setattr(os, "fsync", slow)
    with pytest.raises(FileExistsError):
        write_whole(path, b"one")
    assert path.read_bytes() == b"another program's"
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]


def test_who_stops_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pdf").write_bytes(b"before")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.pdf", b"half of it", replace=True)
    assert (tmp_path / "a.pdf").read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]


def test_where_a_file_has_one_name_only_it_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    write_whole(tmp_path / "a.pdf", b"one")
    assert (tmp_path / "a.pdf").read_bytes() == b"one"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "no" / "a.pdf", b"one")
