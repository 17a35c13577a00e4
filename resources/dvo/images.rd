<resource schema="dvo" resdir="dvo">
  <meta name="title">DVO images</meta>
  <meta name="description" format="plain">
    The images that the measurements of a DVO database were made on: one a detector of an exposure, with its outline on the sky.
    The pixels are there where the operator has them.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">DVO survey</meta>
  <meta name="source">DVO database</meta>
  <meta name="productType">image</meta>

  <table id="obs_images" onDisk="True" adql="True">
    <meta name="description">Images: one row a detector of an exposure, with ObsCore's columns and ours. Everything that Images.dat says of
      them, and the mosaics, are in dvo.images.</meta>
    <FEED source="streams#image-columns"/>
    <viewStatement>
      CREATE VIEW \curtable AS (SELECT \colNames FROM (SELECT
          'image' AS dataproduct_type, NULL::text AS dataproduct_subtype, 1::smallint AS calib_level,
          'DVO' AS obs_collection, 'DVO/' || coalesce(nullif(b.parent_id, 0), b.image_id) AS obs_id,
          b.name AS obs_title,
          'ivo://\getConfig{ivoa}{authority}/~?dvo/images/' || b.image_id AS obs_publisher_did, NULL::text AS obs_creator_did,
          CASE WHEN b.file IS NOT NULL THEN '\getConfig{web}{serverURL}/dvo/images/files/static/' || gavo_urlescape(b.file)
            ELSE '\getConfig{web}{serverURL}/dvo/images/links/dlmeta?ID=ivo://\getConfig{ivoa}{authority}/~?dvo/images/' || b.image_id END AS access_url,
          CASE WHEN b.file IS NOT NULL THEN 'image/fits' ELSE 'application/x-votable+xml;content=datalink' END AS access_format,
          coalesce(b.file_size / 1024, 10) AS access_estsize,
          NULL::text AS target_name, NULL::text AS target_class,
          b.ra AS s_ra, b.dec AS s_dec, (2 * b.footprint_radius)::real AS s_fov, b.footprint AS s_region, NULL::real AS s_resolution,
          b.mjd AS t_min, b.mjd + b.exptime::double precision / 86400 AS t_max,
          b.exptime::double precision AS t_exptime, b.exptime::double precision AS t_resolution,
          p.wavelength_min::real AS em_min, p.wavelength_max::real AS em_max, NULL::real AS em_res_power,
          'phot.count' AS o_ucd, NULL::text AS pol_states,
          o.name::text AS facility_name, t.name::text AS instrument_name,
          b.nx::bigint AS s_xel1, b.ny::bigint AS s_xel2, 1::bigint AS t_xel, 1::bigint AS em_xel, NULL::bigint AS pol_xel,
          NULL::real AS s_pixel_scale, 'em.wl' AS em_ucd, 'dvo.obs_images' AS source_table,
          b.image_id AS observation_id, b.name AS filename, p.band::text
        FROM dvo_db.images b
        LEFT JOIN (SELECT DISTINCT ON (code) code, photosys_id FROM dvo_db.photcodes ORDER BY code, row) c ON c.code = b.photcode
        LEFT JOIN dvo_db.photosys p ON p.id = c.photosys_id
        CROSS JOIN dvo_db.datasources d
        LEFT JOIN dvo_db.telescopes t ON t.id = d.telescope_id
        LEFT JOIN dvo_db.observatories o ON o.id = d.observatory_id
        WHERE right(b.ctype, 4) &lt;> '-DIS') q)
    </viewStatement>
  </table>

  <data id="create"><nullGrammar/><make table="obs_images"/></data>

  <FEED source="streams#image-services" queried="obs_images" folder="pixels" title="DVO images" short="DVO SIA" ra="326.15" dec="43.3"/>

  <!-- of the sample database -->
  <regSuite title="Images of the sample">
    <regTest title="Chips of several exposures have a position">
      <url POS="CIRCLE 326.15 43.3 0.01">sia/siap2.xml</url>
      <code>
        self.assertTrue(len(self.getVOTableRows()) &gt; 5)
      </code>
    </regTest>
  </regSuite>
</resource>
