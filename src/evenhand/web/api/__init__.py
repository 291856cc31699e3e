"""The API for other programs: registry, cycles, entitlements, receipts, grievances; and the registry search of SPDCI.

Reads a bearer token and calls actions; describes itself at `/api/1/openapi.json`. Says nothing to whoever has no token.
"""
