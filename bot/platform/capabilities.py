"""What a platform can do. The core asks, offers what exists, and says what a person must do where it does not."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """One thing that some platforms can do for a bot and others cannot; shared behaviour tests are chosen by it."""

    REMOVE_COMMENT = "remove_comment"
    """Remove another person's comment."""
    TIME_OUT_MEMBER = "time_out_member"
    """Keep a member from writing for a while."""
    REMOVE_MEMBER = "remove_member"
    """Remove a member from the workspace or channel."""
    FORM_PICKERS = "form_pickers"
    """Let a form offer people and channels to pick from."""
    PRIVATE_ANSWER = "private_answer"
    """Answer a command so that only the person who gave it sees the answer."""
    HOME_PAGE = "home_page"
    """Show a person a page of their own (Slack's App Home)."""
    PIN = "pin"
    """Pin a posted card in its channel."""
    EDIT_HISTORY = "edit_history"
    """Give back earlier revisions of an edited comment."""
    LIST_MEMBERS = "list_members"
    """Tell who can read a channel."""
