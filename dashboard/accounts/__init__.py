"""Who may come in: sign-in, rights of each address, sessions."""
