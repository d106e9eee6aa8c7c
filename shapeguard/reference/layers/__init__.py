"""One module for each method of adapters: how a group of rows goes through its chain.

Every module has a class of functions that replace those of adapters' layer, and ``refused``, which tells
what a chain would need that the method cannot give. Both are listed in
:mod:`shapeguard.reference.corrections`.
"""
