"""Shape contracts of third-party libraries, as declarations: text to read, not code to run.

One file a library (:mod:`shapeguard.contracts.adapters`), written in jaxtyping's axis language
plus named relations. Two enforcers read the same file: :mod:`shapeguard.runtime` evaluates it
against a running program, :mod:`shapeguard.lint` parses it as text. Nothing in this package
imports torch or jaxtyping.
"""
