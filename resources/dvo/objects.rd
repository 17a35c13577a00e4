<resource schema="dvo" resdir="dvo">
  <meta name="title">DVO objects</meta>
  <meta name="description" format="plain">
    The objects of a DVO database: mean positions, proper motions, parallaxes, and mean magnitudes in each filter, by cone search.
    Each has light curves in one or more passbands.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">DVO survey</meta>
  <meta name="source">DVO database</meta>

  <table id="objects" onDisk="True" adql="True" primary="object_id">
    <meta name="description">Objects with their mean magnitudes, a column a filter of the usual table of photcodes. Mean magnitudes in any
      filter, with what else is known of them, are in dvo.secfilt; further columns of the objects in dvo.averages.</meta>
    <column name="object_id" type="bigint" required="True" ucd="meta.id;meta.main" tablehead="Object" verbLevel="1"
      description="The object: cat_id times 10⁹ plus obj_id of dvo.averages."/>
    <column name="object_name" type="text" required="True" ucd="meta.id;src" description="Name of the object." verbLevel="1"/>
    <FEED source="streams#position" what="object, mean of its measurements"/>
    <LOOP listItems="ra_err dec_err u_ra u_dec par par_err nmeasure flags">
      <events><column original="dvo/db#averages.\item"/></events>
    </LOOP>
    <LOOP>
      <csvItems>
        filter, name, band
        g, mag_g, em.opt.B
        r, mag_r, em.opt.R
        i, mag_i, em.opt.I
        z, mag_z, em.opt.I
        y, mag_y, em.opt.I
        J, mag_j, em.IR.J
        H, mag_h, em.IR.H
        K, mag_k, em.IR.K
        w, mag_w, em.opt
      </csvItems>
      <events>
        <column name="\name" type="real" unit="mag" ucd="phot.mag;stat.mean;\band" description="Mean magnitude in \filter." verbLevel="1"/>
        <column name="\name\+_err" type="real" unit="mag" ucd="stat.error;phot.mag;\band" description="Error of the mean magnitude in \filter."/>
      </events>
    </LOOP>
    <foreignKey source="object_id" inTable="dvo/db#averages" dest="object_id" metaOnly="True"/>
    <viewStatement>
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT a.*, 'DVO ' || a.object_id::text AS object_name, spoint(radians(a.ra), radians(a.dec)) AS coordequ, m.*
        FROM dvo_db.averages a LEFT JOIN LATERAL (SELECT
            max(mag) FILTER (WHERE name = 'g') AS mag_g, max(mag_err) FILTER (WHERE name = 'g') AS mag_g_err,
            max(mag) FILTER (WHERE name = 'r') AS mag_r, max(mag_err) FILTER (WHERE name = 'r') AS mag_r_err,
            max(mag) FILTER (WHERE name = 'i') AS mag_i, max(mag_err) FILTER (WHERE name = 'i') AS mag_i_err,
            max(mag) FILTER (WHERE name = 'z') AS mag_z, max(mag_err) FILTER (WHERE name = 'z') AS mag_z_err,
            max(mag) FILTER (WHERE name = 'y') AS mag_y, max(mag_err) FILTER (WHERE name = 'y') AS mag_y_err,
            max(mag) FILTER (WHERE name = 'J') AS mag_j, max(mag_err) FILTER (WHERE name = 'J') AS mag_j_err,
            max(mag) FILTER (WHERE name = 'H') AS mag_h, max(mag_err) FILTER (WHERE name = 'H') AS mag_h_err,
            max(mag) FILTER (WHERE name = 'K') AS mag_k, max(mag_err) FILTER (WHERE name = 'K') AS mag_k_err,
            max(mag) FILTER (WHERE name = 'w') AS mag_w, max(mag_err) FILTER (WHERE name = 'w') AS mag_w_err
          FROM dvo_db.secfilt s JOIN dvo_db.photcodes p ON p.code = s.photcode AND p.type = 2
          WHERE s.object_id = a.object_id) m ON true) q)
    </viewStatement>
  </table>

  <data id="create"><nullGrammar/><make table="objects"/></data>

  <FEED source="streams#cone-service" queried="objects" title="DVO objects" short="DVO SCS" ra="326.15" dec="43.3" sr="0.2"/>

  <!-- of the sample database -->
  <regSuite title="Objects of the sample">
    <regTest title="The objects of a cone have magnitudes">
      <url RA="326.15" DEC="43.3" SR="0.2">cone/scs.xml</url>
      <code>
        self.assertTrue(any(row["mag_g"] for row in self.getVOTableRows()))
      </code>
    </regTest>
  </regSuite>
</resource>
