"""Screens around an account, and people for administrators; the blueprint is in `screen`, views by who uses them."""

from mobility.web.accounts import doors, passwords, people, profile
from mobility.web.accounts.screen import blueprint

__all__ = ["blueprint", "doors", "passwords", "people", "profile"]
