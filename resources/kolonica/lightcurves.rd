<resource schema="kolonica" resdir="kolonica">
  <meta name="title">Kolonica light curves</meta>
  <meta name="description" format="plain">
    Light curves of variable stars observed with the small telescopes at Kolonica, Slovakia, one an object and
    passband, with barycentric (TDB) and topocentric (UTC) times, magnitudes, uncertainties and quality flags.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">Observers at Kolonica</meta>
  <meta name="facility">Kolonica Observatory</meta>
  <meta name="instrument">ZIGA and Alica telescopes</meta>
  <meta name="source">Kolonica photometry database</meta>
  <meta name="ssap.dataSource">pointed</meta>
  <meta name="ssap.creationType">archival</meta>
  <meta name="ssap.testQuery">TARGETNAME=SS%20Cyg</meta>
  <meta name="productType">timeseries</meta>

  <table id="series" onDisk="True">
    <meta name="description">One row a light curve; kept by ingestion, shown by ts_ssa.</meta>
    <FEED source="streams#series"/>
    <viewStatement>
      CREATE VIEW \curtable AS (SELECT \colNames FROM (SELECT
          s.object_id, s.photosys_id, s.band::text, s.ra, s.dec, s.coordequ AS ssa_location, s.npoints, s.t_min, s.t_max,
          s.exptime, x.exptime_median AS t_resolution, s.mag_mean, s.mag_min, s.mag_max, v.period, p.wavelength_min AS em_min, p.wavelength_max AS em_max,
          p.filter_id::text, s.flux_unit::text, s.name::text AS ssa_targname, coalesce(o.class::text, 'star') AS ssa_targclass, x.size AS accsize,
          s.observatories AS facility, s.telescopes AS instrument,
          CASE WHEN s.mag_mean IS NULL AND s.flux_unit IS NOT NULL THEN 'phot.flux' ELSE 'phot.mag' END || CASE WHEN s.band ~ '^[UBVRIugriz](_|$)'
            THEN ';em.opt.' || translate(left(s.band, 1), 'ugriz', 'UBRII') ELSE ';em.opt' END AS mag_ucd,
          'ivo://\getConfig{ivoa}{authority}/~?kolonica/lightcurves/' || s.object_id || '/' || s.band AS did,
          'Light curve of ' || s.name || ' in ' || s.band AS title, 'Kolonica' AS collection,
          '\getConfig{web}{serverURL}/kolonica/lightcurves/sdl/dlget?ID=ivo://\getConfig{ivoa}{authority}/~?kolonica/lightcurves/'
            || s.object_id || '/' || s.band AS accref,
          '\getConfig{web}{serverURL}/kolonica/lightcurves/sdl/dlget?ID=ivo://\getConfig{ivoa}{authority}/~?kolonica/lightcurves/'
            || s.object_id || '/' || s.band || '&amp;RESPONSEFORMAT=png' AS preview,
          'application/x-votable+xml' AS mime, NULL::text AS owner, NULL::timestamp AS embargo,
          s.revision AT TIME ZONE 'UTC' AS revision
        FROM kolonica_db.series s
        JOIN kolonica_db.objects o ON o.id = s.object_id
        JOIN kolonica_db.photosys p ON p.id = s.photosys_id
        LEFT JOIN kolonica_db.variability v ON v.object_id = s.object_id
        LEFT JOIN kolonica_db.series_stats x ON x.object_id = s.object_id AND x.photosys_id = s.photosys_id AND x.revision = s.revision) q)
    </viewStatement>
  </table>

  <table id="ts_ssa" onDisk="True" adql="True">
    <meta name="description">Light curves: one row an object and passband, with SSA's columns and ours.</meta>
    <FEED source="streams#ssa-view"/>
  </table>

  <table id="series_stats" onDisk="True" adql="True" primary="object_id,band">
    <FEED source="streams#series-stats" base="kolonica_db" collection="kolonica" shortest="0.04" least="30"/>
    <foreignKey source="object_id" inTable="kolonica/db#objects" dest="id" metaOnly="True"/>
  </table>

  <table id="ts_time" onDisk="True" adql="True" primary="obs_publisher_did">
    <FEED source="streams#ts-time" base="kolonica_db" collection="kolonica"/>
  </table>

  <data id="create"><nullGrammar/><make table="series"/></data>
  <data id="create_ssa"><make table="ts_ssa"/></data>
  <data id="create_statistics"><nullGrammar/><make table="series_stats"/><make table="ts_time"/></data>

  <FEED source="streams#lightcurve-services" title="Kolonica light curves" short="Kolonica LC"/>

  <!-- of the sample archive -->
  <regSuite title="Light curves of the sample">
    <regTest title="A star is found by any of its names">
      <url REQUEST="queryData" TARGETNAME="v* rr lyr">ssa/ssap.xml</url>
      <code>
        rows = self.getVOTableRows()
        self.assertTrue(rows)
        self.assertEqual(set(row["ssa_targname"] for row in rows), {"RR Lyr"})
      </code>
    </regTest>
    <regTest title="The seed's one point has its magnitude and its time">
      <url LANG="ADQL" QUERY="SELECT l.jd, l.magnitude, l.dateobs FROM kolonica.lightcurves AS l JOIN kolonica.objects AS o ON o.id = l.object_id WHERE o.simbad_name ILIKE 'TYC 4568-4%'">/tap/sync</url>
      <code>
        row, = self.getVOTableRows()
        self.assertEqual((row["jd"], row["magnitude"]), (2459510.34387, 10.2437))
        self.assertEqual(str(row["dateobs"]).replace("T", " ")[:23], "2021-10-22 20:15:10.368")
      </code>
    </regTest>
  </regSuite>
</resource>
