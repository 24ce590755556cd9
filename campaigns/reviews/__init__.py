"""Verbs of reviewers: what they keep, judge, ask and answer."""
