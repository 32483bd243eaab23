"""`make bench`: the figures of README.md, measured on a stack of our own against a model of our own."""
