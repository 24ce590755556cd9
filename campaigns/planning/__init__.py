"""What an edit, a put-back or a decision would do, before it is requested."""
