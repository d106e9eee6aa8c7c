"""Shape contracts of third-party libraries, as declarations: text to read, not code to run.

One package a library (:mod:`shapeguard.contracts.adapters`), written in jaxtyping's axis language
plus named relations. Two enforcers read the same files: :mod:`shapeguard.runtime` evaluates them
against a running program, :mod:`shapeguard.lint` parses them as text. Nothing in this package
imports torch or jaxtyping.
"""
