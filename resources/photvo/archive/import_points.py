"""The points of a database that is imported, batch by batch, through the checks and the loader that those of files go through.

The seed's table has of a point's time only `dateobs`, which its scripts make of the Julian date in a file, whatever that
counted. So that Julian date is the time as given, and the data source says what it is. Where the data source does not say,
`dateobs` stays as it is, and the derived times are unknown.
"""

import copy
import csv
import io
import json
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from photvo.model.batch import Stated, points_table
from photvo.model.time import MOMENTS, SCALES

from . import checks, loader, series_stats, summaries
from .known import Lookup

#: Bytes of CSV in a batch.
BLOCK = 2 << 20
#: So many points go in without indexes, which are made afterwards.
MANY = 50_000
DAY = 86_400_000_000  # µs
#: What stands for a missing value, as in the files that the seed's scripts read.
NO_MAGNITUDE, NO_ERROR = pa.array([99.99]), pa.array([9.99, 99.99])
NUMBERS = ("magnitude", "mag_err", "mag_diff", "mag_diff_err")
POINT = ("id", "object_id", "dateobs", *NUMBERS, "datasource_id", "photosys_id", "id_arch", "observation_id", "quality")
METADATA = ("id", "lightcurve_id", "data")

_COLUMNS = {
    "id": pa.int64(), "object_id": pa.int64(), "us": pa.int64(), **dict.fromkeys(NUMBERS, pa.float64()), "datasource_id": pa.int64(),
    "photosys_id": pa.int64(), "id_arch": pa.int64(), "observation_id": pa.int64(), "quality": pa.int32(), "exposure": pa.float64(),
    "metadata_id": pa.int64(), "privileges": pa.string(), "more": pa.string(), "metadata": pa.string(),
}  # fmt: skip
# one metadata row a point; what our own export put in beside the seed's keys comes out again
_SELECT = """
SELECT {columns},
  coalesce(CASE WHEN jsonb_typeof(m.data->'exp_time') = 'number' THEN (m.data->>'exp_time')::float8 END, b.accumtime),
  m.id, m.data->>'privileges', m.data->>'photvo',
  CASE WHEN m.data ? 'photvo' THEN nullif(m.data - 'photvo', '{{}}') ELSE m.data END
FROM (SELECT {point} FROM lightcurves) l
LEFT JOIN (SELECT DISTINCT ON ({lightcurve_id}) {lightcurve_id} AS lightcurve_id, {id} AS id, {data}::jsonb AS data
  FROM metadata_lc_json WHERE jsonb_typeof({data}::jsonb) = 'object' ORDER BY {lightcurve_id}, {id}) m ON m.lightcurve_id = l.id
LEFT JOIN (SELECT {observation} AS id, {accumtime} AS accumtime FROM observations) b ON b.id = l.observation_id
ORDER BY l.id"""
_MICROSECONDS = "CASE WHEN isfinite(l.dateobs) THEN round((extract(epoch FROM l.dateobs) * 1000000)::numeric)::bigint END"
_LEFT_METADATA = """
SELECT m.id, CASE WHEN l.id IS NULL THEN 'there is no lightcurves ' || coalesce(lightcurve_id::text, 'NULL')
  WHEN kind = 'object' THEN 'it is a second one for lightcurves ' || lightcurve_id ELSE 'its data is no JSON object' END
FROM (SELECT {id} AS id, {lightcurve_id} AS lightcurve_id, jsonb_typeof({data}::jsonb) AS kind,
    row_number() OVER (PARTITION BY {lightcurve_id}, jsonb_typeof({data}::jsonb) = 'object' ORDER BY {id}) AS nth FROM metadata_lc_json) m
LEFT JOIN (SELECT {point_id} AS id FROM lightcurves) l ON l.id = m.lightcurve_id
WHERE nth > 1 OR l.id IS NULL OR kind IS DISTINCT FROM 'object'"""

_TWICE = """
WITH ranked AS (SELECT ctid AS place, first_value(id) OVER (PARTITION BY {key} ORDER BY id) AS first FROM {s}.point_stage),
gone AS (DELETE FROM {s}.point_stage p USING ranked WHERE p.ctid = place AND id <> first
  RETURNING id, first, to_jsonb(p) - 'metadata' AS row)
INSERT INTO {s}.ingest_rejects (file_id, line, reason, row)
SELECT %s, id, format('lightcurves %%s: lightcurves %%s is the same point', id, first), row FROM gone"""
_THERE = """
DELETE FROM {s}.point_stage p USING {s}.lightcurves l WHERE l.id = p.id
AND (l.object_id, l.photosys_id, l.datasource_id, l.time_given, l.observation_id)
  IS NOT DISTINCT FROM (p.object_id, p.photosys_id, p.datasource_id, p.time_given, p.observation_id)"""
# a point that was taken without its image, which has come since, is taken anew
_WITHOUT_IMAGE = """
WITH same AS (
  SELECT DISTINCT l.id FROM {s}.lightcurves l JOIN {s}.point_stage p
    ON (l.object_id, l.photosys_id, l.datasource_id, l.time_given) = (p.object_id, p.photosys_id, p.datasource_id, p.time_given)
  WHERE l.file_id = %s AND l.observation_id IS NULL AND p.observation_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM {s}.point_stage x WHERE x.observation_id IS NULL
    AND (l.object_id, l.photosys_id, l.datasource_id, l.time_given) = (x.object_id, x.photosys_id, x.datasource_id, x.time_given))
), facts AS (DELETE FROM {s}.metadata_lc_json m USING same WHERE m.lightcurve_id = same.id)
DELETE FROM {s}.lightcurves l USING same WHERE l.id = same.id"""
_OTHER_IDS = """
UPDATE {s}.point_stage p SET id = nextval('{s}.lightcurves_id_seq') FROM {s}.lightcurves l WHERE l.id = p.id"""
_OTHER_METADATA_IDS = "UPDATE {s}.point_stage p SET metadata_id = NULL FROM {s}.metadata_lc_json m WHERE m.id = p.metadata_id"


class Points:
    """The import of the points in a Session's transaction, after that of all other tables (a Tables)."""

    def __init__(self, session, origin, tables, file_id):
        self.session, self.cursor, self.schema, self.origin = session, session.cursor, session.schema, origin
        self.tables, self.file_id = tables, file_id
        self.read = self.staged = self.taken = self.repeated = self.without_image = 0
        # many, if it comes to the worst; the connection is busy while they come
        self.rejects = tempfile.TemporaryFile("w+", newline="")
        self.writer = csv.writer(self.rejects)

    def take(self):
        """Stream them into the tables; summaries and statistics follow."""
        self.known = self._known()
        query, left = self._queries()
        with loader.Staging(self.cursor, self.schema) as staging:
            self.origin.stream(query, lambda rows: self._batches(rows, staging))
        self.origin.stream(left, self._left_metadata)
        self.rejects.seek(0)
        self.cursor.copy_expert(
            f"COPY {self.schema}.ingest_rejects (file_id, line, reason, row) FROM STDIN (FORMAT csv)", self.rejects)
        self.cursor.execute(_TWICE.format(s=self.schema, key=loader.KEY), [self.file_id])
        staged = self.staged - self.cursor.rowcount
        self.cursor.execute(_WITHOUT_IMAGE.format(s=self.schema), [self.file_id])
        self.cursor.execute(_THERE.format(s=self.schema))
        for table, column, other in (("lightcurves", "id", _OTHER_IDS), ("metadata_lc_json", "metadata_id", _OTHER_METADATA_IDS)):
            self.tables.advance(table, f"SELECT max({column}) FROM {self.schema}.point_stage")
            self.cursor.execute(other.format(s=self.schema))
        if staged > MANY:
            # into empty tables; those who look wait for the end
            self.cursor.execute(f"SELECT {self.schema}.unindex_points()")
        self.taken = loader.take_points(self.cursor, self.schema)
        loader.make_indexes(self.cursor, self.schema)
        self.repeated = staged - self.taken
        loader.empty_stage(self.cursor, self.schema, staged)
        summaries.refresh(self.session)
        series_stats.finish(self.session)
        self.cursor.execute(f"SELECT {self.schema}.analyze_tables()")

    def _mapped(self, what):
        self.cursor.execute("SELECT src, dst FROM mapped WHERE what = %s", [what])
        return Lookup(self.cursor.fetchall())

    def _known(self):
        "what the archive holds, by the ids of the other database"
        self.session.known.reload(self.cursor)
        known = copy.copy(self.session.known)
        known.by_arch, known.by_name, known.ambiguous = self._mapped("objects"), Lookup(), set()
        known.bands, known.source_ids, known.images = (
            Lookup({str(theirs): ours for theirs, ours in self._mapped(what).items()})
            for what in ("photosys", "datasources", "observations"))  # fmt: skip
        return known

    def _queries(self):
        matched = self.tables.matched("lightcurves", POINT, ("id", "object_id", "dateobs", "datasource_id", "photosys_id"))
        point = ", ".join(f"{matched.get(name, 'NULL')} AS {name}" for name in POINT)
        columns = ", ".join(_MICROSECONDS if name == "dateobs" else f"l.{name}" for name in POINT)
        metadata = self.tables.matched("metadata_lc_json", METADATA, METADATA)
        images, _ = self.origin.matched("observations", ("id", "accumtime"))
        select = _SELECT.format(columns=columns, point=point, observation=images["id"],
                                accumtime=images.get("accumtime", "NULL::numeric"), **metadata)  # fmt: skip
        return select, _LEFT_METADATA.format(point_id=matched["id"], **metadata)

    def _batches(self, rows, staging):
        reader = pv.open_csv(
            rows, pv.ReadOptions(column_names=list(_COLUMNS), block_size=BLOCK), pv.ParseOptions(newlines_in_values=True),
            pv.ConvertOptions(column_types=_COLUMNS, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False),
        )  # fmt: skip
        for batch in reader:
            self.read += batch.num_rows
            columns = dict(zip(_COLUMNS, batch.columns))
            more = [json.loads(text) if text else {} for text in columns["more"].to_pylist()]
            self._integrity(columns)
            table = self._points(columns, more)
            stated = np.array([facts.get("time_stated") or "" for facts in more])
            # those of a file that said itself what its times are, apart
            for words in np.unique(stated).tolist():
                self._stage(table, columns, np.flatnonzero((stated == words) & self.good), words, staging)

    def _integrity(self, columns):
        "which rows refer to what is there, and have a time"
        verdict = checks.Verdict(len(columns["id"]))
        for column, lookup in (("object_id", self.known.by_arch), ("photosys_id", self.known.bands), ("datasource_id", self.known.source_ids)):
            keys = columns[column] if column == "object_id" else columns[column].cast(pa.string())
            verdict.refuse(pc.is_null(lookup.find(keys)), lambda i: f"{column} {columns[column][i]} is not there, or was not taken")
        verdict.refuse(pc.is_null(columns["us"]), lambda i: "it has no time (dateobs)")
        self.good = ~verdict.bad
        self._reject(columns, verdict.reasons)
        image = columns["observation_id"].cast(pa.string())
        columns["image"] = pc.if_else(pc.is_null(self.known.images.find(image)), None, image)
        lost = pc.and_(pc.is_valid(image), pc.is_null(columns["image"])).to_numpy(zero_copy_only=False) & self.good
        self.without_image += int(lost.sum())
        self._reject(columns, {i: f"observation_id {image[i]} is not there, or was not taken; the point is taken without it"
                               for i in np.flatnonzero(lost).tolist()})  # fmt: skip

    def _reject(self, columns, reasons):
        names = [name for name in _COLUMNS if name not in ("metadata", "more", "metadata_id")]
        for i, reason in sorted(reasons.items()):
            key = columns["id"][i]
            row = json.dumps({name: columns[name][i].as_py() for name in names})
            self.writer.writerow([self.file_id, key, f"lightcurves {key}: {reason}", row])

    def _points(self, columns, more):
        "a table of schema POINTS"
        def value(name, missing):
            return pc.if_else(pc.is_in(columns[name], value_set=missing), None, columns[name])

        def fact(name, kind):
            return pa.array([facts.get(name) for facts in more], kind)

        metadata = columns["metadata"]
        for keys, missing in (("detrend_mag|aver_comp", r"99\.99"), ("detrend_mag_err", r"9?9\.99")):
            metadata = pc.replace_substring_regex(metadata, rf'("(?:{keys})": ){missing}0*([,}}])', r"\1null\2")
        return points_table({
            "line": columns["id"], "id_arch": columns["id_arch"], "object_arch": columns["object_id"],
            "band": columns["photosys_id"].cast(pa.string()), "progid": columns["datasource_id"].cast(pa.string()),
            "time": julian(columns["us"]), "mag": value("magnitude", NO_MAGNITUDE), "mag_err": value("mag_err", NO_ERROR),
            "mag_diff": value("mag_diff", NO_MAGNITUDE), "mag_diff_err": value("mag_diff_err", NO_ERROR),
            "upper_limit": fact("upper_limit", pa.bool_()), "flux": fact("flux", pa.float64()),
            "flux_err": fact("flux_err", pa.float64()), "flux_unit": fact("flux_unit", pa.string()),
            "exptime": pc.coalesce(fact("exptime", pa.float64()), columns["exposure"]), "quality": columns["quality"],
            "image": pc.coalesce(columns["image"], fact("image", pa.string())), "privileges": columns["privileges"],
            "metadata": metadata,
        })  # fmt: skip

    def _stage(self, table, columns, rows, words, staging):
        "the points of these rows, whose file stated that of its times, on their way into the tables"
        points, reasons = checks.points(table.take(rows), self.known, "JD", stated(words))
        self._reject(columns, {int(rows[i]): reason for i, reason in reasons.items()})
        kept = pa.array(np.delete(rows, sorted(reasons)))
        frames = {source.id: source.frame.stated(words) for source in self.known.sources.values()}
        undeclared = pa.array([key for key, frame in frames.items() if None in (frame.scale, frame.refposition)], pa.int64())
        given = columns["us"].take(kept).cast(pa.timestamp("us"))
        keep = pc.and_(pc.is_null(points["dateobs"]), pc.is_in(points["datasource_id"], value_set=undeclared))
        points = points.set_column(points.column_names.index("dateobs"), "dateobs", pc.if_else(keep, given, points["dateobs"]))
        points = points.append_column("id", columns["id"].take(kept)).append_column("metadata_id", columns["metadata_id"].take(kept))
        self.staged += len(kept)
        staging.add(points, np.full(len(kept), self.file_id, "i4"))

    def _left_metadata(self, rows):
        for key, reason in csv.reader(io.TextIOWrapper(rows, "utf-8", newline="")):
            self.writer.writerow([self.file_id, key, f"metadata_lc_json {key}: {reason}", ""])


def stated(words):
    """The Stated whose `str` is `words`."""
    found = {}
    for word in words.split():
        found["scale" if word in SCALES else "point" if word in MOMENTS else "refposition"] = word
    return Stated(**found)


def julian(us):
    """Julian dates as text, of instants in µs since 1970 (an int64 array without leap seconds, as PostgreSQL has them).

    To ten decimals where these give the very instant, which brings a Julian date back that a file gave, else to eleven.
    """
    missing, us = pc.is_null(us), pc.fill_null(us, 0).to_numpy(zero_copy_only=False)
    day, rest = np.divmod(us, DAY)
    tenth = (rest * 50 + 216) // 432  # of 1e-10 d, rounded; 1e-10 d are 216/25 µs
    exact = (tenth * 432 + 25) // 50 == rest
    part = np.where(exact, tenth * 10, (rest * 250 + 108) // 216) + 50_000_000_000  # of 1e-11 d, from noon
    day, part = day + 2440587 + part // 100_000_000_000, part % 100_000_000_000
    digits = pc.utf8_lpad(pa.array(part).cast(pa.string()), 11, "0")
    text = pc.utf8_rtrim(pc.utf8_rtrim(pc.binary_join_element_wise(pa.array(day).cast(pa.string()), digits, "."), "0"), ".")
    return pc.if_else(missing, None, text)
