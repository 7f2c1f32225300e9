"""What can go wrong in the domain's words.

Every error carries a stable `code` and named `parameters`; the sentence a person reads is made in
`mobility.i18n.labels` in the reader's language, and the HTTP status in `mobility.web.shared.errors`.
"""


class DomainError(Exception):
    """Something the rules do not allow; `code` names the fact, `parameters` hold the offending values."""

    code = "domain_error"

    def __init__(self, **parameters: object) -> None:
        self.parameters = parameters
        super().__init__(f"{self.code}: " + ", ".join(f"{key}={value!r}" for key, value in parameters.items()))


class NotFound(DomainError):
    """Nothing with that identity exists, or it is outside the reader's scope: the two are never told apart."""

    code = "not_found"


class NotPermitted(DomainError):
    """The actor may see the thing but may not do this to it."""

    code = "not_permitted"


class TransitionNotPermitted(DomainError):
    """The transition table does not lead from the present state by that step."""

    code = "transition_not_permitted"


class ChangedMeanwhile(DomainError):
    """Somebody else saved the row after the form was opened; the reader decides again on a merge page."""

    code = "changed_meanwhile"


class InvalidInput(DomainError):
    """A value breaks a rule; `field` names the input and `reason` the rule, both as codes."""

    code = "invalid_input"


class Unscoped(DomainError):
    """A query for case data was made before a scope was set: a programming error, never shown to people."""

    code = "unscoped"
