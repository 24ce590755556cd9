"""One package per ad platform. They never import each other."""
