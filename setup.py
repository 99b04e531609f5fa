"""Carry the folder scenarios, which lies beside the package, inside it. The rest: setup.cfg."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["hotline_sim*"]), "hotline_sim.scenarios"],
    package_dir={"hotline_sim.scenarios": "scenarios"},
)
