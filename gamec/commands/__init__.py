"""The commands, one file each: options in, one call downwards, rendering out."""
