"""The changes of schema, oldest first; a file that was released is never edited."""
