"""Puts dead letters on the stream again once their cause is mended."""
