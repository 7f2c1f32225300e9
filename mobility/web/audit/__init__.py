"""The audit log, for administrators and auditors."""

from mobility.web.audit.views import blueprint

__all__ = ["blueprint"]
