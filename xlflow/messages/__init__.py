"""The texts xlflow shows, each in Chinese and in English, and the reader's language."""

from xlflow.messages.catalogue import Text, language, problem_texts, text

__all__ = ["Text", "language", "problem_texts", "text"]
