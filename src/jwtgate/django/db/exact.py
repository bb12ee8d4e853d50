"""Columns of text that the database keeps and compares exactly."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["ExactField", "ExactTextField"]

_Set_contra = TypeVar("_Set_contra", contravariant=True)
_Get_co = TypeVar("_Get_co", covariant=True)

if TYPE_CHECKING:
    _Char = models.CharField
    _Text = models.TextField
else:
    # The stubs of Django know what a field takes and gives; Django does not.
    class _Char(models.CharField):
        def __class_getitem__(cls, _: object) -> type:
            return cls

    class _Text(models.TextField):
        def __class_getitem__(cls, _: object) -> type:
            return cls


class ExactField(_Char[_Set_contra, _Get_co]):
    """Text of which ``Jack`` and ``jack`` are two.

    The usual collations of MariaDB and MySQL take them for one, and those of three
    octets a character raise an error at a character of four, which a client may send.
    PostgreSQL and SQLite compare exactly as they are.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """Name the collation where the database's own would not do."""
        return {**super().db_parameters(connection), **_collation(connection)}


class ExactTextField(_Text[_Set_contra, _Get_co]):
    """The same for texts of any length.

    A MariaDB or MySQL that is not strict writes ``?`` for each character that its own
    character set lacks: a secret of such would be one that anyone guesses.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """Name the collation where the database's own would not do."""
        return {**super().db_parameters(connection), **_collation(connection)}


def _collation(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return {"collation": "utf8mb4_bin"} if connection.vendor == "mysql" else {}
