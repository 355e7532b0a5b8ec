"""The one room that sees the whole way from files to report."""

from feedback_engine.engine.facade import FeedbackEngine

__all__ = ["FeedbackEngine"]
