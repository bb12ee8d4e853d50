"""Rows of a survey, short enough to be compared."""

from jwtgate.surface import survey

Row = tuple[str, str, str, str]


def told(app: object) -> list[Row]:
    """Give methods, path, status, and who may pass, of each row."""
    return [
        (",".join(row.methods) or "*", row.path, row.status, row.who)
        for row in survey(app)
    ]


def guards(app: object) -> list[tuple[str, ...]]:
    """Give the guards of each row."""
    return [row.guards for row in survey(app)]
