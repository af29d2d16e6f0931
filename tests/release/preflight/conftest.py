from support.preflight import account

__all__ = ["account"]
