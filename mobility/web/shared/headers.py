"""Security headers on every response. No inline script or style exists, so no nonces are needed."""

from flask import Response, g, request

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_YEARS_OF_HTTPS = "max-age=63072000; includeSubDomains"


def policy_with(more: str) -> str:
    """Return the content policy of every page with one directive more."""
    return f"{_CSP}; {more}"


def add_security_headers(response: Response) -> Response:
    """Add what is missing; a view may set a stricter policy of its own (file downloads do)."""
    given = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in _ALWAYS.items() if name.lower() not in given])
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", _YEARS_OF_HTTPS)
    if g.get("actor") is not None:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
