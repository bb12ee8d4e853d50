"""A run of figures that somebody thought up."""

from benchmarks.results import Chart, Ratio, Results, Section

__all__ = ["CHART", "RESULTS"]

CHART = Chart(
    name="bars",
    title="Bars <of> one & another",
    unit="µs",
    groups={
        "HS256": {"jwtgate": 4.4, "<peer> & co": 23.0},
        "RS256": {"jwtgate": 20.0, "<peer> & co": 44.0},
        "ES256": {"jwtgate": 50.0},
    },
)

RESULTS = Results(
    machine={"date": "2030-01-02", "processor": "of some kind, 2 cores"},
    sections=[
        Section(
            title="First",
            columns=["", "µs", "ratio"],
            rows=[["jwtgate", "4.40", "1.00x"], ["one | another", "23.0", "5.23x"]],
            ratios=[
                Ratio("10", "weight", 986.0, 1200, unit=" B"),
                Ratio("2", "first / other", 0.19, 0.22, 0.17),
            ],
            skipped=["a peer is not installed"],
            notes=["Measured with care."],
            chart=CHART,
        ),
        Section(
            title="Second",
            columns=["", "per s"],
            rows=[["threads", "1,000"]],
            ratios=[Ratio("9", "two / one", 0.5, 0.95, at_least=True)],
        ),
    ],
)
