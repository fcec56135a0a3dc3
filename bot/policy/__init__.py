"""What a district's rules make of an assessed comment: the packs' schema, their loader, and the judge."""
