"""GroundGames as files of other programs; each file one format."""
