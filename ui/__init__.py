"""The operations console: it speaks HTTP to the API and shares nothing else with it."""
