"""What people see and may do, described once for every platform: cards, forms, commands, in English and Spanish."""
