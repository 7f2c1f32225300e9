"""A table as a CSV file; the files themselves are made in `mobility.files.tables`."""

from mobility.files.tables import csv_bytes

__all__ = ["csv_bytes"]
