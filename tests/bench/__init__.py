"""Measurements of a running desk; `bin/bench` prints them and keeps them in docs."""
