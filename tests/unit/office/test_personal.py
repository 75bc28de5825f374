"""What is personal at the office: beside the facts, in the look-up's documents, and nowhere else."""

from __future__ import annotations

import json

from tests.peers.small_season import SHOW
from tests.unit.office.conftest import House
from tests.unit.office.test_facts import Tills


def test_the_look_up_has_the_name_and_the_stored_fact_has_not(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"), name="Ida")
    house.push(one)
    assert json.loads(str(house.rows("SELECT body FROM sale")[0][0]))["name"] == "Ida"
    assert "Ida" not in str(house.rows("SELECT envelope FROM fact")[0][0])
    assert "Ida" in str(house.rows("SELECT body FROM beside")[0][0])
    assert house.violations() == []


def test_a_fact_whose_person_was_erased_before_it_came_is_booked_all_the_same(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    fact = one.sell(SHOW, *house.granted(one, "A-1"), name="Ida")
    answer = house.push(one, fact.model_copy(update={"beside": ""}))
    assert [result.verdict for result in answer.results] == ["applied"]
    assert "name" not in json.loads(str(house.rows("SELECT body FROM sale")[0][0]))
    assert house.violations() == []


def test_what_does_not_fit_the_seal_is_not_believed(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    fact = one.sell(SHOW, *house.granted(one, "A-1"), name="Ida")
    house.push(one, fact.model_copy(update={"beside": fact.beside.replace("Ida", "Eva")}))
    assert "name" not in json.loads(str(house.rows("SELECT body FROM sale")[0][0]))
    assert house.rows("SELECT * FROM beside") == []
