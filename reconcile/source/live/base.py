"""The former name of `earlier`, until who imports it has changed over."""

from reconcile.source.live.earlier import Base

__all__ = ["Base"]
