<resource schema="kolonica" resdir="kolonica">
  <meta name="title">Kolonica images</meta>
  <meta name="description" format="plain">
    CCD images taken with the small telescopes at Kolonica, Slovakia, that the light curves of the Kolonica
    photometry database were measured on.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">Observers at Kolonica</meta>
  <meta name="facility">Kolonica Observatory</meta>
  <meta name="instrument">ZIGA and Alica telescopes</meta>
  <meta name="source">Kolonica photometry database</meta>
  <meta name="productType">image</meta>

  <table id="images" onDisk="True" adql="True">
    <meta name="description">Images: one row an exposure, with ObsCore's columns and ours.</meta>
    <FEED source="streams#image-columns"/>
    <viewStatement>
      CREATE VIEW \curtable AS (SELECT \colNames FROM (SELECT
          'image' AS dataproduct_type, NULL::text AS dataproduct_subtype, 1::smallint AS calib_level,
          'Kolonica' AS obs_collection, 'Kolonica/' || b.filename AS obs_id,
          trim(coalesce(f.object_name, '') || ' ' || coalesce(b.band, '') || ' ' || to_char(b.dateobs AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) AS obs_title,
          'ivo://\getConfig{ivoa}{authority}/~?' || f.accref AS obs_publisher_did, NULL::text AS obs_creator_did,
          CASE WHEN f.accref LIKE 'kolonica/images/%%' THEN '\getConfig{web}{serverURL}/kolonica/images/files/static/'
            || gavo_urlescape(substr(f.accref, 17)) END AS access_url,
          f.mime AS access_format, f.size / 1024 AS access_estsize,
          f.object_name AS target_name, NULL::text AS target_class,
          degrees(long(b.coordequ)) AS s_ra, degrees(lat(b.coordequ)) AS s_dec,
          degrees(greatest(b.fov[0], b.fov[1]))::real AS s_fov, f.footprint AS s_region, NULL::real AS s_resolution,
          f.t_min, f.t_min + b.accumtime::double precision / 86400 AS t_max,
          b.accumtime::double precision AS t_exptime, b.accumtime::double precision AS t_resolution,
          p.wavelength_min::real AS em_min, p.wavelength_max::real AS em_max, NULL::real AS em_res_power,
          'phot.count' AS o_ucd, NULL::text AS pol_states,
          coalesce(o.name::text, 'Kolonica') AS facility_name, coalesce(i.name::text, tel.name::text) AS instrument_name,
          f.naxis1::bigint AS s_xel1, f.naxis2::bigint AS s_xel2, 1::bigint AS t_xel, 1::bigint AS em_xel, NULL::bigint AS pol_xel,
          f.pixel_scale::real AS s_pixel_scale, 'em.wl' AS em_ucd, 'kolonica.images' AS source_table,
          b.id AS observation_id, b.filename::text, b.band::text
        FROM kolonica_db.observations b
        JOIN kolonica_db.observation_files f ON f.observation_id = b.id
        LEFT JOIN kolonica_db.photosys p ON p.band = b.band
        LEFT JOIN kolonica_db.telescopes tel ON tel.id = b.telescope_id
        LEFT JOIN kolonica_db.observatories o ON o.id = tel.observatory_id
        LEFT JOIN kolonica_db.instruments i ON i.id = b.instrument_id) q)
    </viewStatement>
  </table>

  <data id="create"><nullGrammar/><make table="images"/></data>

  <FEED source="streams#image-services" title="Kolonica images" short="Kolonica SIA" ra="325.679" dec="43.586"/>

  <!-- of the sample archive -->
  <regSuite title="Images of the sample">
    <regTest title="SS Cyg is on the images of its field">
      <url POS="CIRCLE 325.679 43.5862 0.01">sia/siap2.xml</url>
      <code>
        self.assertEqual(set(row["target_name"] for row in self.getVOTableRows()), {"SS Cyg"})
      </code>
    </regTest>
  </regSuite>
</resource>
