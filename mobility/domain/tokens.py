"""What is kept of a secret that a person holds: sessions, links of mails and calendars are found by it, never read."""

import hashlib


def hash_of(token: str) -> str:
    """Return what the tables keep of a token, which is random enough to need neither salt nor a slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
