"""Tags for templates: the words of the catalogues, quantities, dates."""
