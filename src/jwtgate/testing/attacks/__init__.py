"""The attacks of :func:`jwtgate.testing.attack_matrix`, by what they attack."""
