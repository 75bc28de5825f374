"""What is personal lies beside a fact, fits its seal, and can be gone without the fact being another."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.personal import PERSONAL, PERSONAL_OF_TICKET, SEAL, fits, forget, lift, restore

_SALE: dict[str, Any] = {
    "sale": {
        "id": "T1-00001", "name": "Ida Orsós", "contact": "ida@example.org", "buyer": {"language": "hu"},
        "tickets": [{"id": "T1-00001-1", "name": "Pál"}, {"id": "T1-00001-2"}],
    }
}  # fmt: skip


def test_nothing_personal_is_left_in_the_body_and_all_of_it_comes_back() -> None:
    plain, beside = lift(_SALE, lambda: "s1")
    assert plain["sale"] == {"id": "T1-00001", "tickets": [{"id": "T1-00001-1"}, {"id": "T1-00001-2"}]}
    assert restore(plain, beside) == _SALE | {SEAL: plain[SEAL]}


def test_a_body_without_a_person_is_left_alone_and_no_salt_is_asked_for() -> None:
    body = {"shift": "S1", "report": {"name": "Anna"}}
    assert lift(body, lambda: 1 / 0) == (body, "")  # type: ignore[arg-type, return-value]


def test_the_same_name_has_another_seal_each_time() -> None:
    assert lift(_SALE, lambda: "s1")[0][SEAL] != lift(_SALE, lambda: "s2")[0][SEAL]


def test_what_does_not_fit_the_seal_is_not_put_back() -> None:
    plain, beside = lift(_SALE, lambda: "s1")
    assert restore(plain, beside.replace("Ida", "Eva")) == plain
    assert restore(plain, "") == plain
    assert not fits({}, beside)


def test_a_forgotten_document_keeps_its_tickets_and_says_that_it_is_one() -> None:
    assert forget(_SALE["sale"]) == {
        "id": "T1-00001", "tickets": [{"id": "T1-00001-1"}, {"id": "T1-00001-2"}], "erased": True,
    }  # fmt: skip


_text = st.text(max_size=8)
_document = st.dictionaries(st.sampled_from([*PERSONAL, "id", "total"]), _text | st.dictionaries(_text, _text))
_tickets = st.lists(st.dictionaries(st.sampled_from([*PERSONAL_OF_TICKET, "id"]), _text), max_size=3)


@settings(max_examples=30)
@given(_document, _document, _tickets)
def test_lifted_and_put_back_is_the_same_but_for_what_was_empty(
    top: dict[str, Any], sale: dict[str, Any], tickets: list[dict[str, Any]]
) -> None:
    body = top | {"sale": sale | {"tickets": tickets}}
    plain, beside = lift(body, lambda: "salt")
    assert not PERSONAL & (plain.keys() | plain["sale"].keys()) or not beside
    back = restore(plain, beside)
    assert _filled(back) == _filled(body)


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items() if v and k != SEAL}
    return [_filled(v) for v in value] if isinstance(value, list) else value
