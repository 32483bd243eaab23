"""The containers: what runs inside them (`inside`), and the proof that they are sound.

`python -m ops.containers check` reads the Dockerfiles and the compose file with linters and rules
of our own; `python -m ops.containers build` makes every image without a Docker engine and runs it.
"""
