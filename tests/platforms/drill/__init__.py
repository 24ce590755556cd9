"""The drill: a platform nobody has, in one package, outside the product.

As a pytest plugin it puts that package where platforms are looked for.
"""

from pathlib import Path

from campaigns import platforms

platforms.__path__.append(str(Path(__file__).parent))
