"""PostgreSQL servers of the tests, and archives in them."""

import itertools
from contextlib import closing, contextmanager

from running import Database, bare_server

from photvo.archive.ingest import ingest
from photvo.machine import dachs, database
from photvo.settings import TOP, Settings, read_env

NUMBERS = itertools.count(1)


class Archive(Database):
    """An archive: its settings, an `inputs` folder to fill, and its database."""

    def __init__(self, settings):
        self.settings = settings
        self.inputs = settings.inputs / "kolonica"

    def put(self, name, content):
        """Write a file below inputs/kolonica (text or bytes) and return its path."""
        path = self.inputs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self, *paths, **options):
        """`photvo ingest`: returns its summary."""
        return ingest(self.settings, paths, **options)

    def value(self, sql, parameters=None):
        """The one value of one statement."""
        ((value,),) = self.query(sql, parameters)
        return value

    def everything(self):
        """All that the archive holds, so that two states can be compared."""
        tables = {
            "lightcurves": "object_id, photosys_id, datasource_id, time_given", "metadata_lc_json": "lightcurve_id",
            "observations": "filename", "metadata_obs_json": "observation_id", "observation_files": "observation_id",
            "objects": "id", "object_names": "object_id, name_key", "variability": "object_id",
            "series": "object_id, photosys_id", "ingest_log": "path", "ingest_rejects": "file_id, line",
            "photosys": "id", "datasources": "id", "telescopes": "id", "instruments": "id", "observatories": "id",
        }  # fmt: skip
        return {table: self.query(f"SELECT t::text FROM {table} t ORDER BY {order}") for table, order in tables.items()}


def _settings(state, inputs):
    return Settings.load({"PHOTVO_STATE": str(state), "PHOTVO_INPUTS": str(inputs)})


@contextmanager
def private_server(name):
    """In this context a private cluster runs whose database is an empty archive to copy from: (Cluster, its settings)."""
    with bare_server(name) as (server, settings):
        database.prepare(settings)
        with closing(database.connect(settings)) as connection, connection.cursor() as cursor:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # what is lost in a crash is only a test
                cursor.execute(f"ALTER SYSTEM SET {setting} = off")
            cursor.execute("SELECT pg_reload_conf()")
            for role in ("gavo", "gavoadmin"):  # DaCHS' own, which `dachs init` makes
                cursor.execute(f"CREATE ROLE {role}")
        for collection in ("kolonica", "dvo"):
            dachs.run_sql(settings, TOP / "resources" / collection / "schema.sql", settings.state / "log" / "schema.log")
        yield server, settings


@contextmanager
def fresh(database_server, folder):
    """In this context there is an empty archive whose inputs and state are below `folder`."""
    env = read_env(database_server.db_env)
    name = f"archive_{next(NUMBERS)}"
    with closing(database.connect(database_server, dbname="postgres")) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {env['DB_NAME']}")
        for role in ("writer_user", "readonly_user"):
            cursor.execute(f"ALTER ROLE {role} IN DATABASE {name} SET search_path = kolonica_db, public")
    (folder / "state").mkdir()
    (folder / "state" / "db.env").write_text("".join(f"{key}={value}\n" for key, value in {**env, "DB_NAME": name}.items()))
    (folder / "inputs" / "kolonica").mkdir(parents=True)
    yield Archive(_settings(folder / "state", folder / "inputs"))
    with closing(database.connect(database_server, dbname="postgres")) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
