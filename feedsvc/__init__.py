"""feedsvc: sources yield entries, the store keeps articles, feeds become documents, the web hands them out."""

__version__ = "0.1.0"
