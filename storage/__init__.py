"""The encrypted database: opening it, transactions, and one module of plain functions for each group of tables."""
