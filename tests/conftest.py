"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# A machine that is busy is no failure: what a test finds does not depend on its speed.
# In CI the examples are the same each time, so that a change is judged by itself; at
# home they are new each time, and find what is left to find.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("any machine")
