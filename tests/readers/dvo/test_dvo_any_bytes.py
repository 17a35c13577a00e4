"""However a DVO's files are cut or corrupted, reading it gives arrays or a ReadError, and nothing else."""

import warnings

import dvo_sample as sample
from dvo_sample import write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from photvo.model.batch import ReadError
from photvo.readers import dvo

WHOLE = sample.files()
many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def use(folder):
    """Do all that a reader of the database does. Returns the ReadErrors, a list."""
    errors = []

    def tried(function, *args):
        try:
            return function(*args)
        except ReadError as error:
            assert error.reason and "\n" not in str(error)
            errors.append(error)

    database = tried(dvo.Database, folder)
    if database is None:
        return errors
    tried(lambda: dvo.footprints(database.images))
    region = tried(database.find_region, 102.6, 0.015)
    if region is not None and region.path.exists():
        tried(region.describe)
    for region in tried(lambda: database.regions) or []:
        tried(region.check)
        tried(region.signature)
        tried(region.averages)
        tried(region.missing)
        tried(region.secfilt)
        points = tried(region.measurements)
        if points is not None:
            seconds = tried(region.seconds_of, points)
            dvo.magnitudes(points, database.photcodes, seconds)
            dvo.badness(points, database.photcodes)
        for row in range(min(tried(lambda: region.nstars) or 0, 4)):
            tried(region.measurements_of, row)
    return errors


def test_the_whole_database_gives_no_error(tmp_path):
    assert use(write(tmp_path)) == []


@many
@given(name=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_any_cut(tmp_path, name, data):
    content = WHOLE[name]
    # the last block of 2880 may be short: only rows and headers count
    size = data.draw(st.integers(0, len(content) - 2880))
    assert use(write(tmp_path, {name: content[:size]}))


@many
@given(name=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_any_bytes_in_between(tmp_path, name, data):
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        some = data.draw(st.binary(min_size=1, max_size=20))
        content[place : place + len(some)] = some
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use(write(tmp_path, {name: bytes(content)}))


@many
@given(name=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_any_value_of_a_card(tmp_path, name, data):
    content = WHOLE[name]
    cards = [i for i in range(0, len(content), 80) if content[i + 8 : i + 10] == b"= "]
    values = st.sampled_from(["-1", "0", "1", "7", "999999999", "1.5", "T", "'X'", "'1Q'", "'999999999E'", "'DVO_MEASURE_PS1_V5'", "", "'"])
    place, value = data.draw(st.sampled_from(cards)), data.draw(values | st.integers().map(str))
    changed = content[: place + 10] + value[:70].rjust(20).ljust(70).encode() + content[place + 80 :]
    use(write(tmp_path, {name: changed}))
