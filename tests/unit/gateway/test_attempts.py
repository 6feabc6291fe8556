"""After a few wrong guesses each next one must wait, twice as long each time."""

import subprocess
import sys

import pytest

from deputize.gateway import attempts
from deputize.gateway.attempts import FREE, LONGEST, Attempts

FORKING = """
import os
from deputize.gateway.attempts import Guesses
guesses = Guesses()
child = os.fork()
if child == 0:
    for _ in range(5):
        guesses.names.wrong("home/ann", 1)
    os._exit(0)
os.waitpid(child, 0)
print(guesses.names.open("home/ann", 1), guesses.devices.open("home/ann", 1))
"""


def test_the_first_are_free() -> None:
    tried = Attempts()
    for _ in range(FREE - 1):
        tried.wrong("device", 0)
        assert tried.open("device", 0)
    tried.wrong("device", 0)
    assert not tried.open("device", 0.9) and tried.open("device", 1)
    assert tried.open("another", 0)


def test_the_wait_doubles_up_to_an_hour() -> None:
    tried, waits = Attempts(), []
    possible = (0, *(2**power for power in range(12)), LONGEST)
    for _ in range(FREE + 14):
        tried.wrong("device", 0)
        waits.append(next(wait for wait in possible if tried.open("device", wait)))
    assert waits[FREE - 1 : FREE + 3] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST


def test_a_right_one_forgives_all() -> None:
    tried = Attempts()
    for _ in range(FREE + 3):
        tried.wrong("device", 0)
    tried.right("device")
    tried.right("device")
    assert tried.open("device", 0)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest without a guess is forgotten first."""
    monkeypatch.setattr(attempts, "SETS", 1)
    monkeypatch.setattr(attempts, "PLACES", 2)
    tried = Attempts()
    for _ in range(FREE):
        for at, name in enumerate(("first", "second")):
            tried.wrong(name, at)
    tried.wrong("third", 1)
    assert [tried.open(name, 1) for name in ("first", "second", "third")] == [True, False, True]


def test_names_of_one_set_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SETS", 1)
    tried = Attempts(free=1)
    names = [f"name{number}" for number in range(attempts.PLACES)]
    for name in names:
        tried.wrong(name, 1)
    assert not any(tried.open(name, 1) for name in names)
    tried.right(names[3])
    assert [name for name in names if tried.open(name, 1)] == [names[3]]
    tried.wrong("\ud800", 1)  # takes the place that became free
    assert [name for name in [*names, "\ud800"] if tried.open(name, 1)] == [names[3]]


def test_processes_count_together_over_a_fork() -> None:
    assert subprocess.check_output([sys.executable, "-c", FORKING], text=True, timeout=20) == "False True\n"


def test_how_long_one_must_wait_is_told() -> None:
    tried = Attempts(free=1)
    assert tried.wait("name", 0) == 0
    for _ in range(3):
        tried.wrong("name", 10)
    assert tried.wait("name", 11) == 3
    assert tried.wait("name", 14) == 0
    for _ in range(2000):
        tried.wrong("name", 10)
    assert tried.wait("name", 10) == LONGEST
