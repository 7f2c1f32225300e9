"""People, their roles, sessions, one-time tokens, and what guards sign-in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.storage.schema import Base, Identified, Versioned


class Person(Identified, Versioned, Base):
    """Somebody with an account. Names keep their own script; the Latin form stands beside."""

    __tablename__ = "person"
    __table_args__ = (Index(None, "name_latin", "id"),)  # the order of the list of people

    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    password_hash: Mapped[str | None] = mapped_column(String(255))
    credential_version: Mapped[int] = mapped_column(default=1)  # rises with password and role changes; ends sessions
    name: Mapped[str] = mapped_column(String(200))
    name_language: Mapped[str] = mapped_column(String(16), default="")
    name_latin: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(16), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    country: Mapped[str] = mapped_column(String(2), default="")  # where the person is based
    is_active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person", order_by="RoleGrant.id")


class RoleGrant(Identified, Base):
    """One role of one person: officer or head of an office, manager of a programme, administrator, auditor."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('officer', 'head', 'manager', 'administrator', 'auditor')", name="role"),
        UniqueConstraint("person_id", "role", "office_id", "programme_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(16))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    granted_at: Mapped[datetime]
    person: Mapped[Person] = relationship(back_populates="grants")


class WebSession(Base):
    """A server-side session; the cookie holds 32 random bytes, the table only their hash."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credential_version: Mapped[int] = mapped_column(default=0)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeToken(Identified, Base):
    """A link sent by mail: confirm an address, reset a password. Single use, short-lived, stored hashed."""

    __tablename__ = "one_time_token"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credential_version: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ThrottleCount(Base):
    """How often something was tried in a window; counted in the database, so exact over processes."""

    __tablename__ = "throttle_count"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)  # e.g. sign_in:address:203.0.113.7
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class PersonKey(Base):
    """The person's own key, wrapped by the master key; destroying it erases what it sealed, backups included."""

    __tablename__ = "person_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class SealedValue(Base):
    """One sensitive field (passport, birth date, bank account), encrypted under the person's key."""

    __tablename__ = "sealed_value"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class SealedReading(Identified, Base):
    """Who opened a sealed field and when; the person can see it."""

    __tablename__ = "sealed_reading"
    __table_args__ = (Index(None, "person_id", "read_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(32))
    reader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime]
