"""Let ``python -m hotline_sim`` be the command."""

from hotline_sim.cli import main

main()
