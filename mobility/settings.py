"""Settings: defaults from config/default.toml, overridden by config/<environment>.toml and MOBILITY_* variables.

A default is safe in production and fit to be public; where there is none, start-up fails naming the key.
"""

import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from mobility.resources import resource_dir


class SettingsRefused(Exception):
    """A setting is missing or unsafe; the message names the variable."""


class Settings(BaseSettings):
    """Everything that differs between installations."""

    model_config = SettingsConfigDict(env_prefix="MOBILITY_", extra="forbid", frozen=True)

    environment: Literal["development", "testing", "production"] = "development"
    instance: Path = Path("instance")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    database_url: str = ""
    files_url: str = ""
    smtp_url: str = ""
    mail_from: str = "Mobility <mobility@localhost>"
    secret_key: str = ""
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    proxy_hops: int = Field(default=0, ge=0, le=5)
    dispatch_seconds: int = Field(default=5, ge=1, le=3600)
    session_idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=12, ge=1)
    upload_megabytes: int = Field(default=10, ge=1, le=100)
    quiet_hour: int = Field(default=8, ge=0, le=23)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment; files are read by `load_settings`, below both."""
        return init_settings, env_settings

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address; the embedded default lies in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance.resolve() / 'mobility.sqlite'}"

    @property
    def address(self) -> str:
        """The address that links in mails begin with, without a closing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_served_securely(self) -> bool:
        """True when people reach the site over https, so that cookies may be marked Secure."""
        return self.address.startswith("https://")


def _from_files(environment: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("default", environment):
        path = resource_dir("config") / f"{name}.toml"
        if path.is_file():
            values |= tomllib.loads(path.read_text(encoding="utf-8"))
    return values


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; raises SettingsRefused naming every key that is wrong or unsafe."""
    try:
        given = Settings(**overrides)
        below = {
            key: value for key, value in _from_files(given.environment).items() if key not in given.model_fields_set
        }
        settings = given if not below else Settings(**(below | given.model_dump(include=given.model_fields_set)))
    except ValidationError as error:
        facts = "; ".join(f"MOBILITY_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise SettingsRefused(facts) from error
    return _with_secret(settings)


def _with_secret(settings: Settings) -> Settings:
    if settings.secret_key:
        if len(settings.secret_key) < 32:
            raise SettingsRefused("MOBILITY_SECRET_KEY: at least 32 characters")
        return settings
    if settings.environment == "production":
        raise SettingsRefused("MOBILITY_SECRET_KEY: required in production, it seals sessions and personal data")
    return settings.model_copy(update={"secret_key": _instance_secret(settings.instance)})


def _instance_secret(instance: Path) -> str:
    """Make a key once per instance folder, readable by its owner only."""
    path = instance / "secret_key"
    instance.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
