"""What the whole bot does on a platform: one list of behaviours for every platform, chosen by what each can do."""
