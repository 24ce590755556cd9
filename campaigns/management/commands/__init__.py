"""One module a command; each calls verbs and prints."""
