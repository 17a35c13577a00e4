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


@pytest.mark.parametrize("name", descriptors())
def test_the_regression_tests_of_each_descriptor_pass(instance, name):
    done = instance.run("dachs", "test", name)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert re.search(r"\b[1-9]\d* of \d+ bad\b|\bFAIL|\bERROR\b", said) is None, said
    assert "No tests run" not in said, f"{name} has no regSuite"
