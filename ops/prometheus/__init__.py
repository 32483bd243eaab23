"""Prometheus: what it scrapes, what it alerts of, and the proof that both are sound."""
