"""Sweep compositions over methods of adapters and model families, and judge every case.

``plan`` says what is swept, ``running`` runs it, ``examining`` judges; ``models``, ``families``,
``methods`` and ``compositions`` are what the sweep is made of.
"""
