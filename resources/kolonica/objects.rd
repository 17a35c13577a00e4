<resource schema="kolonica" resdir="kolonica">
  <meta name="title">Kolonica objects</meta>
  <meta name="description" format="plain">
    The variable and comparison stars of the Kolonica photometry database: positions, names and classes, by cone search.
    Each has light curves in one or more passbands.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">Observers at Kolonica</meta>
  <meta name="facility">Kolonica Observatory</meta>
  <meta name="instrument">ZIGA and Alica telescopes</meta>
  <meta name="source">Kolonica photometry database</meta>

  <FEED source="streams#cone-service" queried="kolonica/db#objects" title="Kolonica objects" short="Kolonica SCS"
    ra="325.679" dec="43.586" sr="0.1"/>

  <!-- of the sample archive -->
  <regSuite title="Objects of the sample">
    <regTest title="The cone around SS Cyg holds it and two comparison stars">
      <url RA="325.679" DEC="43.5862" SR="0.1">cone/scs.xml</url>
      <code>
        rows = self.getVOTableRows()
        self.assertEqual(sorted(row["gaia_name"] for row in rows),
          ["1972957308333789312", "1972957690592232192", "1972957892448494592"])
      </code>
    </regTest>
  </regSuite>
</resource>
