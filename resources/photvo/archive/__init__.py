"""The archive's tables: the only place that writes to the database.

    ingest ─► checks ─► loader ─► summaries        the way of one file, one transaction
              known                                what the tables hold already, for look-ups
"""
