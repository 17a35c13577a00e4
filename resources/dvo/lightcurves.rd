<resource schema="dvo" resdir="dvo">
  <meta name="title">DVO light curves</meta>
  <meta name="description" format="plain">
    Light curves out of a DVO database, one an object and passband (photcodes with the same equivalent together), with barycentric
    (TDB) and topocentric (UTC) times, calibrated magnitudes, uncertainties and flags.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">DVO survey</meta>
  <meta name="source">DVO database</meta>
  <meta name="ssap.dataSource">survey</meta>
  <meta name="ssap.creationType">archival</meta>
  <meta name="ssap.testQuery">POS=326.15,43.3&amp;SIZE=0.5</meta>
  <meta name="productType">timeseries</meta>

  <table id="series" onDisk="True">
    <meta name="description">One row a light curve; kept by ingestion, shown by ts_ssa.</meta>
    <FEED source="streams#series" base="dvo_db" collection="dvo" label="DVO" object_type="bigint"/>
  </table>

  <table id="ts_ssa" onDisk="True" adql="True">
    <meta name="description">Light curves: one row an object and passband, with SSA's columns and ours.</meta>
    <FEED source="streams#ssa-view"/>
  </table>

  <table id="series_stats" onDisk="True" adql="True" primary="object_id,band">
    <FEED source="streams#series-stats" base="dvo_db" collection="dvo" shortest="0.04" least="30" object_type="bigint" objects="averages.object_id"/>
    <foreignKey source="object_id" inTable="dvo/db#averages" dest="object_id" metaOnly="True"/>
  </table>

  <table id="ts_time" onDisk="True" adql="True" primary="obs_publisher_did">
    <FEED source="streams#ts-time" base="dvo_db" collection="dvo"/>
  </table>

  <data id="create"><nullGrammar/><make table="series"/></data>
  <data id="create_ssa"><make table="ts_ssa"/></data>
  <data id="create_statistics"><nullGrammar/><make table="series_stats"/><make table="ts_time"/></data>

  <FEED source="streams#lightcurve-services" title="DVO light curves" short="DVO LC"/>

  <!-- of the sample database -->
  <regSuite title="Light curves of the sample">
    <regTest title="Light curves are found by position">
      <url REQUEST="queryData" POS="326.15,43.3" SIZE="0.4">ssa/ssap.xml</url>
      <code>
        self.assertTrue(set("griz") &lt;= set(row["band"] for row in self.getVOTableRows()))
      </code>
    </regTest>
  </regSuite>
</resource>
