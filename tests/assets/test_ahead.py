"""Checks what is done ahead of its turn, and when: never before what it needs holds, never twice."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.ahead import Ahead

SOON = 10.0


class Kitchen:
    """Makes tables and remembers which; one that must wait is made when it is let go."""

    def __init__(
        self, needed: Mapping[str, tuple[str, ...]], *, broken: str = "", failing: str = "", stopped: str = ""
    ) -> None:
        self.made: list[str] = []
        self.placed: list[str] = []
        self.needed, self.broken, self.failing, self.stopped = needed, broken, failing, stopped
        self.begun = {name: Event() for name in needed}
        self.go = {name: Event() for name in needed}
        for event in self.go.values():
            event.set()

    def make(self, name: str) -> str:
        assert all(before in self.made or before not in self.needed for before in self.needed[name])
        self.begun[name].set()
        assert self.go[name].wait(SOON)
        self.made.append(name)
        if name == self.failing:
            raise OSError(name)
        if name == self.stopped:
            raise KeyboardInterrupt
        return name

    def ahead(self, tables: tuple[str, ...] = ()) -> Ahead[str]:
        return Ahead(
            self.make, self.placed.append, lambda made: made != self.broken, self.needed, tables or tuple(self.needed)
        )


def test_a_second_table_is_made_while_the_first_is_still_busy() -> None:
    kitchen = Kitchen({"first": (), "second": ()})
    ahead = kitchen.ahead()
    ahead.prove(())
    assert kitchen.begun["second"].wait(SOON)
    assert [ahead.take("first"), ahead.take("second")] == ["first", "second"]
    ahead.stop()
    assert sorted(kitchen.made) == ["first", "second"]


def test_nothing_is_put_in_place_before_its_turn() -> None:
    kitchen = Kitchen({"first": (), "second": (), "third": ()}, failing="third")
    ahead = kitchen.ahead()
    ahead.prove(())
    assert kitchen.begun["third"].wait(SOON)
    assert kitchen.placed == []
    ahead.take("second")
    assert kitchen.placed == ["second"]
    with pytest.raises(OSError, match="third"):
        ahead.take("third")
    ahead.stop()
    assert sorted(kitchen.made) == ["first", "second", "third"]
    assert kitchen.placed == ["second"]


def test_what_needs_a_table_waits_until_that_holds() -> None:
    kitchen = Kitchen({"cause": (), "effect": ("cause",)}, broken="cause")
    ahead = kitchen.ahead()
    ahead.prove(())
    assert ahead.take("cause") == "cause"
    ahead.stop()
    assert kitchen.made == ["cause"]


def test_what_does_not_hold_is_not_put_in_place() -> None:
    kitchen = Kitchen({"bad": (), "good": ()}, broken="bad")
    ahead = kitchen.ahead()
    ahead.prove(())
    assert [ahead.take("bad"), ahead.take("good")] == ["bad", "good"]
    ahead.stop()
    assert kitchen.placed == ["good"]


def test_a_source_of_the_run_is_waited_for_and_one_of_before_is_not() -> None:
    kitchen = Kitchen({"of_source": ("source",), "of_before": ("before",)})
    ahead = kitchen.ahead(("source", "of_source", "of_before"))
    ahead.prove(())
    assert ahead.take("of_before") == "of_before"
    assert not kitchen.begun["of_source"].is_set()
    ahead.prove(["source"])
    assert kitchen.begun["of_source"].wait(SOON)
    ahead.stop()


def test_tables_outside_the_run_are_not_made() -> None:
    kitchen = Kitchen({"asked": (), "other": ()})
    ahead = kitchen.ahead(("asked",))
    ahead.prove(())
    assert ahead.take("asked") == "asked"
    ahead.stop()
    assert kitchen.made == ["asked"]


def test_what_went_wrong_is_raised_when_its_turn_comes() -> None:
    kitchen = Kitchen({"good": (), "bad": ()}, failing="bad")
    ahead = kitchen.ahead()
    ahead.prove(())
    assert kitchen.begun["bad"].wait(SOON)
    assert ahead.take("good") == "good"
    with pytest.raises(OSError, match="bad"):
        ahead.take("bad")
    ahead.stop()


def test_who_stops_a_run_is_not_kept_waiting() -> None:
    """While another thread makes the table whose turn it is, this one makes another, and is interrupted there."""
    kitchen = Kitchen({"slow": (), "other": ()}, stopped="other")
    kitchen.go["slow"].clear()
    ahead = kitchen.ahead()
    ahead.prove(())
    assert kitchen.begun["slow"].wait(SOON)
    with pytest.raises(KeyboardInterrupt):
        ahead.take("slow")
    kitchen.go["slow"].set()
    ahead.stop()


def test_after_the_end_nothing_is_begun_and_what_is_busy_is_finished() -> None:
    kitchen = Kitchen({"one": (), "two": (), "three": ()})
    kitchen.go["three"].clear()
    ahead = kitchen.ahead()
    ahead.prove(())
    assert kitchen.begun["three"].wait(SOON)
    ahead.take("one")
    kitchen.go["three"].set()
    ahead.stop()
    assert "three" in kitchen.made
    assert kitchen.made.count("two") <= 1


@given(st.lists(st.sets(st.integers(0, 11)), min_size=1, max_size=12))
def test_every_table_is_made_once_after_what_it_needs(wanted: list[set[int]]) -> None:
    needed = {f"t{i:02}": tuple(f"t{n:02}" for n in sorted(names) if n < i) for i, names in enumerate(wanted)}
    kitchen = Kitchen(needed)
    ahead = kitchen.ahead()
    ahead.prove(())
    assert [ahead.take(name) for name in needed] == list(needed)
    ahead.stop()
    assert sorted(kitchen.made) == sorted(needed)
