"""Sets of comparison stars: the same stars are the same set, in whatever order and file they come."""

import json
import random

import pytest
from archive_inputs import fill, points

GAIA = [str(494407193118781824 + k) for k in range(6)]


def measured(k, stars, **cells):
    """A point that was measured with these comparison stars."""
    return {"phot_id": str(k), "jd": f"2459510.{k:03d}", "comp_stars": repr(stars), **cells}


NUMBERS = "SELECT comp_set FROM points ORDER BY obs_time_utc"
SETS = "SELECT id, stars FROM comp_sets ORDER BY id"


def test_the_order_of_the_stars_does_not_matter(archive):
    fill(archive)
    lists = [GAIA[:3], GAIA[2::-1], [GAIA[1], GAIA[2], GAIA[0]], GAIA[:2], GAIA[:1] * 2, GAIA[:1]]
    archive.put("lightcurves/a.csv", points(*(measured(k, stars) for k, stars in enumerate(lists))))
    archive.ingest()
    numbers = [row[0] for row in archive.query(NUMBERS)]
    assert numbers[0] == numbers[1] == numbers[2] and numbers[4] == numbers[5]
    assert len(set(numbers)) == 3
    sets = dict(archive.query(SETS))
    assert [sets[number] for number in numbers] == [sorted(set(stars)) for stars in lists]


def test_a_later_file_finds_the_sets_that_are_there(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(measured(1, GAIA[:3])))
    archive.ingest()
    archive.put("lightcurves/b.csv", points(measured(2, GAIA[2::-1]), measured(3, GAIA[3:])))
    archive.ingest()
    first, second, third = (row[0] for row in archive.query(NUMBERS))
    assert first == second != third and archive.value("SELECT count(*) FROM comp_sets") == 2


def test_many_files_in_random_order_agree_with_sets_made_in_python(archive):
    fill(archive)
    rng = random.Random(1)
    lists = [rng.sample(GAIA, rng.randint(0, 4)) for _ in range(120)]
    for start in range(0, 120, 40):
        archive.put(f"lightcurves/{start}.csv", points(*(measured(k, lists[k]) for k in range(start, start + 40))))
    archive.ingest()
    numbers = [row[0] for row in archive.query(NUMBERS)]
    expected = {}
    for number, stars in zip(numbers, lists, strict=True):
        assert (number is None) == (not stars)
        assert expected.setdefault(frozenset(stars), number) == number
    assert len(set(expected.values())) == len(expected) > 20


def test_stars_with_other_names_are_in_the_set_as_they_are_named(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(measured(1, ["C2", " C1", "000-BBC-123"]), measured(2, [])))
    archive.ingest()
    assert archive.query(SETS) == [(archive.query(NUMBERS)[0][0], ["000-BBC-123", "C1", "C2"])]
    assert archive.query(NUMBERS)[1] == (None,)


@pytest.mark.parametrize("given, stars", [
    (["b", "a"], ["a", "b"]), ([" a ", "a"], ["a"]), ([1, "1", 2], ["1", "2"]), (["B", "a", "_"], ["B", "_", "a"]),
    ([], None), ([""], None), ("a", None), ({"a": 1}, None), (None, None),
])  # fmt: skip
def test_what_set_a_list_is(module_archive, given, stars):
    assert module_archive.value("SELECT star_set(%s)", [json.dumps(given)]) == stars


def test_more_stars_than_an_index_can_hold_are_a_set(archive):
    fill(archive)
    many = [str(10**18 + k) for k in range(1000)]
    archive.put("lightcurves/a.csv", points(measured(1, many), measured(2, many[::-1])))
    archive.ingest()
    assert archive.query("SELECT cardinality(stars) FROM comp_sets") == [(1000,)]
    assert len(set(archive.query(NUMBERS))) == 1
