"""Mobility: residency and exchange cases on legal clocks, and the balance between countries."""

__version__ = "0.1.0"
