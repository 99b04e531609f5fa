"""How fast the engines are, as ratios to the ways other people write a hotline.

``python -m benchmarks`` from the top folder prints a table; see ``benchmarks.__main__``.
"""
