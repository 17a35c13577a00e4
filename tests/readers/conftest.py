"""What tests of FITS images begin with."""

import pytest
from fits_files import image, refusal, write


@pytest.fixture
def read(tmp_path):
    """A function: cards (dicts and keywords) → ImageRecord."""
    return lambda *cards, **options: image(write(tmp_path / "image.fits", *cards, **options))


@pytest.fixture
def refused(tmp_path):
    """A function: cards → the reason why the image is refused."""
    return lambda *cards, **options: refusal(write(tmp_path / "image.fits", *cards, **options))
