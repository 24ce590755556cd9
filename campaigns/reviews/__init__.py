"""Verbs of reviewers: what they judge, ask, answer and keep."""

from campaigns.reviews.acts import NotForYou, answer, ask, mark, may_answer

__all__ = ["NotForYou", "answer", "ask", "mark", "may_answer"]
