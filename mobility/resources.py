"""Finds templates/, translations/, migrations/ and config/ in a checkout or in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """Return the folder `name`; the checkout wins over the copy that a wheel carries in `mobility/_data`.

    Raises FileNotFoundError when neither exists: a broken installation must not run half-equipped.
    """
    for root in (_PACKAGE.parent, _PACKAGE / "_data"):
        folder = root / name
        if folder.is_dir() and (root != _PACKAGE.parent or (root / "pyproject.toml").is_file()):
            return folder
    raise FileNotFoundError(f"resource folder {name!r} is missing from this installation")
