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
    <FEED source="streams#series" base="kolonica_db" collection="kolonica" label="Kolonica"/>
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
