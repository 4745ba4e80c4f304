"""The door over HTTP: a workbook comes in, the scored copy goes back, nothing is kept.

FastAPI and uvicorn come with the extra `serve`; `tokens` needs neither.
"""
