"""The door over HTTP: a workbook comes in, the scored copy goes back, nothing is kept."""

from xlflow.server.app import create_app

__all__ = ["create_app"]
