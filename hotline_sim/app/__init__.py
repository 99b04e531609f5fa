"""The local web page: choose a city, move sliders, see the answer; it decides nothing."""
