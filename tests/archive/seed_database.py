"""The photometry database as the seed's text describes it: the types as printed there, a role that only reads."""

import json
import secrets
from contextlib import closing

from photvo.machine import database

TABLES = """
CREATE EXTENSION pg_sphere {version};
CREATE TABLE observatories (id integer, name character varying(32), longitude double precision, latitude double precision,
  altitude double precision, country character varying(32));
CREATE TABLE telescopes (id integer, name character varying(32), observatory_id integer, aperture real);
CREATE TABLE instruments (id integer, name character varying(32));
CREATE TABLE photosys (id integer, band character varying(16), specmid double precision);
CREATE TABLE datasources (id integer, progid character varying(16), copyright text, email text);
CREATE TABLE objects (
  id integer NOT NULL, coordequ spoint, gaia_name character varying(32) NOT NULL, simbad_name character varying(32),
  class character varying(32), description character varying(32), ucac4_name character varying(32),
  apass_name character varying(32), vsx_name character varying(32), id_arch integer);
CREATE TABLE observations (
  id integer, dateobs timestamp with time zone, accumtime numeric(12,4), telescope_id integer, instrument_id integer, fov point,
  mode character varying(8), band character varying(8), coordequ spoint, coordequsrc character varying(16),
  type character varying(8), filename character varying(32), path_to_fits character varying(128));
CREATE TABLE metadata_obs_json (id integer, observation_id integer, data jsonb);
CREATE TABLE lightcurves (
  id integer, object_id integer, dateobs timestamp with time zone, magnitude numeric(12,4), mag_err numeric(12,4),
  datasource_id integer, photosys_id integer, mag_diff numeric(12,4), mag_diff_err numeric(12,4), id_arch integer,
  observation_id integer, quality integer);
CREATE TABLE metadata_lc_json (id bigint, lightcurve_id bigint, data jsonb);
"""

#: The rows that the text prints, and some around them.
ROWS = """
INSERT INTO observatories VALUES (4, 'Kolonica', 22.2738, 48.9352, 460, 'Slovakia');
INSERT INTO telescopes VALUES (3, 'Alica', 4, 0.19), (5, 'ZIGA', 4, 0.508);
INSERT INTO instruments VALUES (2, 'G2-8300');
INSERT INTO photosys VALUES (7, 'g_sdss', 4.71e-7), (8, 'r_sdss', 6.18e-7), (9, 'i_sdss', 7.49e-7), (11, 'NO_FILTER', NULL);
INSERT INTO datasources VALUES (6, 'alica', 'UPJS', 'x@example.org'), (9, 'ziga', NULL, NULL);
INSERT INTO objects VALUES
  (12, '(325.679d , 43.5862d)', '1972957892448494592', 'V* SS Cyg', 'CV*', NULL, NULL, NULL, 'SS Cyg', 101),
  (13, '(4.53691868 , 1.33864)', '1701925222477693952', 'TYC 4568-478-1', 'star', NULL, '--', '', NULL, 77),
  (14, '(1.2345678901234567 , -0.5)', '18', NULL, NULL, 'no further names', NULL, NULL, NULL, NULL);
INSERT INTO observations VALUES
  (2, '2021-10-22 22:13:42+02', 30.0000, 3, 2, '(0.024806042453147315,0.01873380692709398)', 'light', 'r_sdss',
   '(259.946337377513d , 76.6987591700176d)', 'wcs', 'image', '2021-10-22T20:13:42_r.fit', '/home/skvo/data/upjs/Alica/2021-10-22'),
  (5, '2021-10-22 22:15:42+02', NULL, NULL, NULL, NULL, NULL, NULL, '(1 , 1)', NULL, NULL, 'b.fit', NULL);
INSERT INTO metadata_obs_json VALUES (100, 2, '{"OBJECT": "VY UMi", "NAXIS1": 1679, "CD1_1": -0.00084016812215, "AIRMASS": 1.25}');
INSERT INTO lightcurves VALUES
  (1000, 13, '2021-10-22 20:15:10.368+00', 10.2437, 0.1190, 6, 9, 2.6830, 0.1190, 554433, 2, 0),
  (1001, 12, '2021-10-22 20:16:10.000001+00', NULL, NULL, 6, 7, 1.5, 0.01, NULL, NULL, NULL),
  (1002, 12, '2021-10-22 22:17:10+02', 12.5, 0.0100, 9, 8, NULL, NULL, NULL, 5, 3);
"""
METADATA = {
    "binning": "2x2", "detrend": "0", "exp_time": 30.0, "num_comp": 2, "aver_comp": 7.5607, "num_calib": 42,
    "comp_stars": ["494407193118781824", "494591086438665856"], "privileges": "full", "type_calib": "0", "detrend_mag": 99.99,
    "temperature": -20.0, "differential": 1, "type_detrend": "None", "detrend_mag_err": 9.99,
}  # fmt: skip

#: Rows that do not fit, and of each table the ids and words of the reason.
MISFITS = """
INSERT INTO objects VALUES
  (20, NULL, '20', NULL, NULL, NULL, NULL, NULL, NULL, NULL), (21, '(1 , 1)', '', NULL, NULL, NULL, '--', NULL, NULL, 210),
  (22, '(2 , 1)', '18', 'V* SS Cyg', NULL, NULL, NULL, NULL, NULL, NULL), (23, '(3 , 1)', '23', NULL, NULL, NULL, NULL, NULL, NULL, 101),
  (24, '(2.5 , 1)', '', 'V* VY UMi', NULL, NULL, NULL, NULL, 'VY UMi', 78);
INSERT INTO observations VALUES
  (30, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(1 , 1)', NULL, NULL, 'c.fit', NULL),
  (31, '2021-10-23', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'd.fit', NULL),
  (32, '2021-10-23', NULL, NULL, NULL, NULL, NULL, NULL, '(1 , 1)', NULL, NULL, 'b.fit', NULL),
  (33, '2021-10-23', NULL, 99, NULL, NULL, NULL, NULL, '(1 , 1)', NULL, NULL, 'e.fit', NULL);
INSERT INTO metadata_obs_json VALUES (101, 4711, '{}'), (102, 2, '{}');
INSERT INTO lightcurves VALUES
  (2000, 4711, '2021-10-23', 10, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0), (2001, 20, '2021-10-23', 10, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0),
  (2002, 13, '2021-10-23', 10, 0.1, NULL, 9, NULL, NULL, NULL, NULL, 0), (2003, 13, '2021-10-23', 10, 0.1, 6, 99, NULL, NULL, NULL, NULL, 0),
  (2004, 13, NULL, 10, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0), (2005, 13, 'infinity', 10, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0),
  (2006, 13, '2021-10-23', 99.99, 9.99, 6, 9, 99.99, 9.99, NULL, NULL, 0), (2007, 13, '2021-10-23', 50.5, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0),
  (2008, 13, '2021-10-22 20:15:10.368+00', 10.25, 0.1190, 6, 9, NULL, NULL, NULL, 2, 0),
  (2009, 13, '1066-10-14', 10, 0.1, 6, 9, NULL, NULL, NULL, NULL, 0), (2010, 13, '2021-10-24', 10, -0.1, 6, 9, NULL, NULL, NULL, NULL, 0),
  (2100, 13, '2021-10-25', 10, 0.1, 6, 9, NULL, NULL, NULL, 4711, 0), (2101, 24, '2021-10-25', 99.99, 9.99, 6, 9, 1.5, 9.99, NULL, NULL, 0);
INSERT INTO metadata_lc_json VALUES (900, 4711, '{}'), (901, 1000, '{"second": true}'), (902, 1002, '[1, 2]');
"""
REASONS = {
    "objects 20": "position", "objects 21": "no name", "objects 22": "object 14 has the same gaia_name",
    "objects 23": "object 12 has the same id_arch", "observations 30": "dateobs", "observations 31": "position",
    "observations 32": "observation 5 has the same filename", "observations 33": "telescope_id 99 is not there; taken without",
    "metadata_obs_json 101": "observation 4711", "metadata_obs_json 102": "second", "lightcurves 2000": "object_id 4711",
    "lightcurves 2001": "object_id 20 is not there, or was not taken", "lightcurves 2002": "datasource_id", "lightcurves 2003": "photosys_id 99",
    "lightcurves 2004": "no time", "lightcurves 2005": "no time", "lightcurves 2006": "neither a magnitude", "lightcurves 2007": "mag 50.5",
    "lightcurves 2008": "lightcurves 1000 is the same point", "lightcurves 2009": "1800", "lightcurves 2010": "negative",
    "lightcurves 2100": "observation_id 4711 is not there, or was not taken; the point is taken without it",
    "metadata_lc_json 900": "no lightcurves 4711", "metadata_lc_json 901": "second one for lightcurves 1000",
    "metadata_lc_json 902": "no JSON object",
}  # fmt: skip


class SeedDatabase:
    """One such database in the tests' cluster; `env` is the text of its .env."""

    def __init__(self, server, name):
        self.server, self.name, self.role = server, name, f"{name}_reader"
        password = secrets.token_urlsafe(12)
        self.run(f"CREATE DATABASE {name}", "CREATE ROLE {0} LOGIN PASSWORD '{1}'".format(self.role, password), dbname="postgres")
        with closing(database.connect(server)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'pg_sphere'")
            version = f"VERSION '{cursor.fetchone()[0]}'"
        self.run(TABLES.format(version=version), ROWS, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {self.role}")
        self.run("INSERT INTO metadata_lc_json VALUES (777, 1000, %s)", parameters=[json.dumps(METADATA)])
        dsn = server.dsn("admin")
        self.env = (f"# as the seed prints it\nDB_HOST={dsn['host']}\nDB_PORT={dsn['port']}\nDB_NAME={name}\n"
                    f"DB_READONLY_USER={self.role}\nDB_READONLY_PASS={password}\n")  # fmt: skip

    def run(self, *statements, dbname=None, parameters=None):
        """Run statements as the admin."""
        with closing(database.connect(self.server, dbname=dbname or self.name)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, parameters)

    def query(self, statement):
        """The rows of one statement."""
        with closing(database.connect(self.server, dbname=self.name)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def drop(self):
        self.run(f"DROP DATABASE {self.name} WITH (FORCE)", f"DROP ROLE {self.role}", dbname="postgres")
