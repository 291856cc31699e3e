"""Evenhand: a public distribution system whose claims anyone can check."""
