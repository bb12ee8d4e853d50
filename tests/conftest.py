"""What holds for every test."""

from hypothesis import HealthCheck, settings

# A machine that is busy is no failure: what a test finds does not depend on its speed.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
