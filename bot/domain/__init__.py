"""The words of the house as values: comments, assessments, judgements. They import nothing else of the bot."""
