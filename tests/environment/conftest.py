"""The folders of the media tests."""

from tests.media.conftest import shared

__all__ = ["shared"]
