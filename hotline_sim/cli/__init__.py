"""The hotline-sim command. Parses, calls, shows; decides nothing."""

from hotline_sim.cli.main import main

__all__ = ["main"]
