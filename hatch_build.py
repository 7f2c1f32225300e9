"""Build hooks: the wheel carries compiled catalogues, and the runtime requirements are those of requirements.in."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class CompileCatalogues(BuildHookInterface):
    """Writes a .mo beside every .po before files are collected."""

    def initialize(self, version: str, build_data: dict) -> None:
        for source in Path(self.root, "translations").glob("*/LC_MESSAGES/*.po"):
            locale = source.parts[-3]
            with source.open("rb") as readable, source.with_suffix(".mo").open("wb") as writable:
                write_mo(writable, read_po(readable, locale=locale))


class ReadRequirements(MetadataHookInterface):
    """Takes the dependencies from the file that the lock is made from, so that they are written once."""

    def update(self, metadata: dict) -> None:
        lines = Path(self.root, "requirements.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def get_build_hook() -> type[BuildHookInterface]:
    return CompileCatalogues


def get_metadata_hook() -> type[MetadataHookInterface]:
    return ReadRequirements
