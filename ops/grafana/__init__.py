"""Grafana's dashboards, made from code: `python -m ops.grafana write` writes them to `dashboards/`."""
