"""The shipped scenarios, one TOML file per city and period, and the list of their sources."""
