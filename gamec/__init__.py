"""The front door of gamec: the names that users import."""
