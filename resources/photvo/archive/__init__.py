"""The archive's tables: the only place that writes to the database.

    ingest ─► checks ─► loader ─► summaries        the way of a file, in one transaction
              known                                what the tables hold already, for look-ups
"""
