"""What the tests of the checker are made with: a slow solver, writers of files, a builder of small disclosures."""
