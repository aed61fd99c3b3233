"""Games that come as files of arrays rather than as `.game` texts."""
