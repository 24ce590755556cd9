"""What every platform shares: the contract, one HTTP exchange, failures sorted.

Knows no platform by name and remembers nothing.
"""
