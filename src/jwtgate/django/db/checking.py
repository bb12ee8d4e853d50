"""The core's rules, told of the fields of a row."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

import jwtgate
from jwtgate.django.db import conflicts
from jwtgate.errors import ConfigurationError, InvalidKey
from jwtgate.jose import ALGORITHMS

if TYPE_CHECKING:
    from jwtgate.django.db.models import Consumer, Credential

__all__ = ["check_consumer", "check_credential"]

_Problem = tuple[str, str]


def check_consumer(row: "Consumer", exclude: Collection[str]) -> None:
    """Check a consumer, and make its id if it has none.

    Args:
        row: The row, each field of which is of its type.
        exclude: Fields that the form does not have, and that get no error.

    Raises:
        ValidationError: What cannot work, by field.
    """
    _refuse(_consumer_problems(row), exclude)
    row.uid = row.as_consumer().id
    _refuse(conflicts.of_consumer(row), exclude)


def check_credential(row: "Credential", exclude: Collection[str]) -> None:
    """Check a credential, alone and beside the others of its key.

    Args:
        row: The row, each field of which is of its type. Without a consumer, it waits
            to be checked until it has one.
        exclude: Fields that the form does not have, and that get no error.

    Raises:
        ValidationError: What cannot work, by field; never the material.
    """
    if not row.consumer_id:
        return
    _refuse(_credential_problems(row), exclude)
    _refuse(conflicts.of_credential(row), exclude)


def _refuse(problems: Iterable[_Problem], exclude: Collection[str]) -> None:
    told = defaultdict(list)
    for field, problem in problems:
        # Forms raise ValueError at an error of a field that they do not have.
        told[NON_FIELD_ERRORS if field in exclude else field].append(problem)
    if told:
        raise ValidationError(dict(told))


def _consumer_problems(row: "Consumer") -> list[_Problem]:
    fields: dict[str, Any] = {**row.as_fields()}
    # Each field beside a name that is good, so that an error is of that field.
    alone = {name: {"username": "any", name: value} for name, value in fields.items()}
    if fields["username"] is None:
        del alone["username"]
    problems = [
        ("uid" if name == "id" else name, problem)
        for name, each in alone.items()
        for problem in _flaws(each)
    ]
    return problems or [(NON_FIELD_ERRORS, flaw) for flaw in _flaws(fields)]


def _flaws(fields: dict[str, Any]) -> Sequence[str]:
    try:
        jwtgate.Consumer(**fields)
    except ConfigurationError as error:
        return error.problems
    return ()


def _credential_problems(row: "Credential") -> list[_Problem]:
    try:
        row.consumer.as_consumer()
    except ConfigurationError as error:
        return [("consumer", str(error))]
    try:
        row.as_credential()
    except InvalidKey as error:
        return [(_field_of_key(row), str(error))]
    except ConfigurationError as error:
        # A problem begins with the name of its field.
        return [(problem.partition(" ")[0], problem) for problem in error.problems]
    return []


def _field_of_key(row: "Credential") -> str:
    if ALGORITHMS[row.algorithm].symmetric:
        return "public_key" if row.public_key else "secret"
    return "secret" if row.secret else "public_key"
