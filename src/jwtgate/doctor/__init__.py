"""The doctor: what is weak in a policy, its credentials, its file and its app.

A configuration that cannot work is refused when it is built. What works and is weak is
told here: against RFC 8725, RFC 6750, and what gateways have been attacked by.
"""

from jwtgate.doctor.diagnosis import RULES, diagnose, diagnose_file
from jwtgate.doctor.finding import Finding, Rule, Severity

__all__ = ["RULES", "Finding", "Rule", "Severity", "diagnose", "diagnose_file"]
