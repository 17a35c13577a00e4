"""The inputs of all collections: which of them a path belongs to."""

import os

from photvo.archive import dvo
from photvo.archive import ingest as files
from photvo.archive import periods as search
from photvo.settings import PhotvoError


def ingest(settings, paths=(), dry_run=False, **options):
    """Take in what is new, of every collection or of these files and folders. Returns the exit status."""
    folder = settings.inputs / "dvo"
    of_dvo = [path for path in paths if path == folder or path.is_relative_to(folder)]
    for path in paths:
        if path not in of_dvo and os.path.isdir(path) and dvo.recognises(path):
            raise PhotvoError(f"{path} is a DVO database, and an instance has one: link it as {folder}, then ingest")
    others = [path for path in paths if path not in of_dvo]
    todo = []
    if others or not paths and ((settings.inputs / "kolonica").is_dir() or not dvo.there(settings)):
        todo.append(lambda: files.ingest(settings, others, dry_run, **options))
    if of_dvo or not paths and dvo.there(settings):
        todo.append(lambda: dvo.ingest(settings, dry_run))
    statuses = [take().status for take in todo]
    return 1 if 1 in statuses else max(statuses)


def periods(settings):
    """Look for the periods of light curves that have changed; those of an attached DVO are left alone, for the sake of its disc."""
    search.refresh(settings)
    if dvo.there(settings) and not dvo.config.load(settings).attached:
        search.refresh(settings, "dvo")
