"""DaCHS' own checks: descriptors against the database, and their regression tests on the services."""

import re

import pytest
from photvo.machine.dachs import descriptors
from remarks import judge


def test_dachs_val_finds_the_descriptors_in_order(instance):
    """-c compares the columns declared with those of the database, and those of TAP_SCHEMA."""
    done = instance.run("dachs", "val", "-c", *descriptors())
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert len(re.findall(r"^(?:\S+ -- )?OK$", said, re.M)) == len(descriptors()), said
    judge("dachs val", re.findall(r"\[(?:WARNING|ERROR)\][^\n]*", said))


@pytest.fixture(scope="module")
def validated(instance):
    """What `photvo validate` says, and its exit status."""
    done = instance.run("validate")
    return done.stdout + done.stderr, done.returncode


@pytest.mark.parametrize("name", descriptors())
def test_the_regression_tests_of_each_descriptor_pass(validated, name):
    said, status = validated
    assert re.search(rf"^{name}: 0 of [1-9]\d* bad", said, re.M) and status == 0, said
