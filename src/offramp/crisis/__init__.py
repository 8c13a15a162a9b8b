"""The crisis: what a person writes, validated and immutable, with a source on every number."""
