"""What the settings cannot be is told in one line, without what is secret in it."""

import pytest

from photvo import settings
from photvo.settings import PhotvoError, Settings


@pytest.fixture
def top(tmp_path, monkeypatch):
    """An empty checkout."""
    monkeypatch.setattr(settings, "TOP", tmp_path)
    (tmp_path / "etc").mkdir()
    return tmp_path


def test_a_file_that_is_not_utf8_is_named(top):
    for name, read in ((".env", lambda: Settings.load({})), ("etc/dvo.toml", lambda: Settings.load({}).collections)):
        (top / name).write_bytes(b"# Stra\xdfe\n")
        with pytest.raises(PhotvoError, match=name.replace(".", r"\.")):
            read()
        (top / name).unlink()


@pytest.mark.parametrize("dsn", ["", "user=me", "user=me password=a secret", "host="])
def test_an_admin_that_is_none_is_told_without_the_password(top, dsn):
    wrong = Settings.load({"DB_HOST": "127.0.0.1", "PHOTVO_ADMIN_DSN": dsn})
    with pytest.raises(PhotvoError, match="PHOTVO_ADMIN_DSN") as error:
        wrong.dsn("admin")
    assert "secret" not in str(error.value)
