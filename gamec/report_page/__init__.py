"""A kept answer -> one HTML page that needs no network: figures to look into, tables, equations, certificate."""
