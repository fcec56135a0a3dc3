"""Block Kit's rules: what Slack would refuse to draw, told as Slack tells it.

Limits are those of Slack's reference for blocks, block elements, composition objects and views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.platforms.slack.values import Json

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
_OPTION_LIMITS = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
_SELECTS = {"static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"}
_COMMON = {"type", "action_id", "confirm", "focus_on_load"}
_ELEMENTS = {
    "button": {"text", "url", "value", "style", "accessibility_label"},
    "static_select": {"placeholder", "options", "option_groups", "initial_option"},
    "multi_static_select": {"placeholder", "options", "option_groups", "initial_options", "max_selected_items"},
    "users_select": {"placeholder", "initial_user"},
    "conversations_select": {"placeholder", "initial_conversation", "default_to_current_conversation", "filter"},
    "channels_select": {"placeholder", "initial_channel"},
    "radio_buttons": {"options", "initial_option"},
    "checkboxes": {"options", "initial_options"},
    "overflow": {"options"},
    "datepicker": {"placeholder", "initial_date"},
    "timepicker": {"placeholder", "initial_time", "timezone"},
    "plain_text_input": {
        "placeholder", "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config",
    },
}  # fmt: skip
_BLOCKS = {
    "section": {"text", "fields", "accessory", "expand"},
    "divider": set[str](),
    "header": {"text"},
    "context": {"elements"},
    "actions": {"elements"},
    "image": {"image_url", "alt_text", "title"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "rich_text": {"elements"},
}
_RICH = {"rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list"}
_RICH_LEAVES = {"text", "link", "user", "channel", "emoji", "broadcast", "usergroup", "date", "color"}


def problems(blocks: Any, surface: str, root: str = "/blocks") -> list[str]:
    """Return what Slack would say against these blocks on a surface: `message`, `modal` or `home`."""
    check = Check()
    check.blocks(blocks, surface, root)
    return check.found


def view_problems(view: Any) -> list[str]:
    """Return what Slack would say against a view."""
    check = Check()
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        check.say("must be a modal or a home", "/view/type")
        return check.found
    check.blocks(view.get("blocks"), view["type"], "/view/blocks")
    check.length(view.get("private_metadata", ""), 3000, "/view/private_metadata", least=0)
    for name in ("callback_id", "external_id"):
        check.length(view.get(name, ""), 255, f"/view/{name}", least=0)
    if view["type"] == "modal":
        check.text(view.get("title"), 24, "/view/title", plain=True)
        for name in ("submit", "close"):
            if name in view:
                check.text(view[name], 24, f"/view/{name}", plain=True)
        asks = any(isinstance(block, dict) and block.get("type") == "input" for block in view.get("blocks") or ())
        if asks and "submit" not in view:
            check.say("missing required field: submit", "/view")
    return check.found


class Check:
    """Collects every problem with the place where it is."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def say(self, what: str, where: str) -> None:
        """Note a problem."""
        self.found.append(f"[ERROR] {what} [json-pointer:{where}]")

    def blocks(self, blocks: Any, surface: str, root: str) -> None:
        """Check a list of blocks, and that no block id stands twice."""
        if not isinstance(blocks, list):
            return self.say("must be an array", root)
        if len(blocks) > MOST_BLOCKS[surface]:
            self.say(f"no more than {MOST_BLOCKS[surface]} items allowed", root)
        for index, block in enumerate(blocks):
            self.block(block, f"{root}/{index}")
        ids = [block["block_id"] for block in blocks if isinstance(block, dict) and block.get("block_id")]
        if len(ids) != len(set(ids)):
            self.say("block_id already exists", root)
        return None

    def block(self, block: Any, where: str) -> None:
        """Check one block."""
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _BLOCKS:
            return self.say(f"unsupported type: {kind}", where)
        self.keys(block, _BLOCKS[kind] | {"type", "block_id"}, where)
        self.length(block.get("block_id", ""), 255, f"{where}/block_id", least=0)
        parts: dict[str, Callable[[Json, str], None]] = {
            "section": self.section,
            "header": lambda one, at: self.text(one.get("text"), 150, f"{at}/text", plain=True),
            "context": self.context,
            "actions": lambda one, at: self.elements(one.get("elements"), 25, f"{at}/elements"),
            "image": self.image,
            "input": self.input,
            "rich_text": lambda one, at: self.rich(one.get("elements"), f"{at}/elements", _RICH),
        }
        if kind in parts:
            parts[kind](block, where)
        return None

    def section(self, block: Json, where: str) -> None:
        """Check a section: a text, or up to ten fields, and what stands beside it."""
        if "text" not in block and "fields" not in block:
            self.say("missing required field: text", where)
        if "text" in block:
            self.text(block["text"], 3000, f"{where}/text")
        if "fields" in block:
            self.count(block["fields"], 10, f"{where}/fields")
            for index, one in enumerate(block["fields"]):
                self.text(one, 2000, f"{where}/fields/{index}")
        if "accessory" in block:
            self.element(block["accessory"], f"{where}/accessory")

    def context(self, block: Json, where: str) -> None:
        """Check a context block: up to ten texts and pictures."""
        self.count(block.get("elements"), 10, f"{where}/elements")
        for index, one in enumerate(block.get("elements") or ()):
            place = f"{where}/elements/{index}"
            if isinstance(one, dict) and one.get("type") == "image":
                self.image(one, place)
            else:
                self.text(one, 3000, place)

    def image(self, block: Json, where: str) -> None:
        """Check a picture."""
        self.length(block.get("image_url"), 3000, f"{where}/image_url")
        self.length(block.get("alt_text"), 2000, f"{where}/alt_text")

    def input(self, block: Json, where: str) -> None:
        """Check a question."""
        self.text(block.get("label"), 2000, f"{where}/label", plain=True)
        if "hint" in block:
            self.text(block["hint"], 2000, f"{where}/hint", plain=True)
        if isinstance(block.get("element"), dict) and block["element"].get("type") == "button":
            self.say("unsupported type: button", f"{where}/element")
        self.element(block.get("element"), f"{where}/element")

    def elements(self, elements: Any, most: int, where: str) -> None:
        """Check the elements of a block, and that no action id stands twice among them."""
        self.count(elements, most, where)
        if not isinstance(elements, list):
            return
        for index, one in enumerate(elements):
            self.element(one, f"{where}/{index}")
        ids = [one["action_id"] for one in elements if isinstance(one, dict) and one.get("action_id")]
        if len(ids) != len(set(ids)):
            self.say("action_id already exists", where)

    def element(self, element: Any, where: str) -> None:
        """Check one element."""
        kind = element.get("type") if isinstance(element, dict) else None
        if kind == "image":
            return self.image(element, where)
        if kind not in _ELEMENTS:
            return self.say(f"unsupported type: {kind}", where)
        self.keys(element, _ELEMENTS[kind] | _COMMON, where)
        self.length(element.get("action_id", ""), 255, f"{where}/action_id", least=0)
        if "placeholder" in element:
            self.text(element["placeholder"], 150, f"{where}/placeholder", plain=True)
        if "confirm" in element:
            self.confirm(element["confirm"], f"{where}/confirm")
        if kind == "button":
            self.button(element, where)
        elif kind == "plain_text_input":
            self.line(element, where)
        elif kind in _SELECTS:
            self.choices(element, _OPTION_LIMITS.get(kind, 100), where)
        return None

    def button(self, element: Json, where: str) -> None:
        """Check a button."""
        self.text(element.get("text"), 75, f"{where}/text", plain=True)
        self.length(element.get("value", ""), 2000, f"{where}/value", least=0)
        self.length(element.get("url", ""), 3000, f"{where}/url", least=0)
        self.length(element.get("accessibility_label", ""), 75, f"{where}/accessibility_label", least=0)
        if element.get("style", "primary") not in ("primary", "danger"):
            self.say("must be one of: primary, danger", f"{where}/style")

    def confirm(self, confirm: Any, where: str) -> None:
        """Check the question that a button asks first."""
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            self.text(confirm.get(name) if isinstance(confirm, dict) else None, most, f"{where}/{name}")

    def line(self, element: Json, where: str) -> None:
        """Check a field for text."""
        for name in ("min_length", "max_length"):
            if not 0 <= element.get(name, 1) <= 3000:
                self.say("must be between 0 and 3000", f"{where}/{name}")
        self.length(element.get("initial_value", ""), 3000, f"{where}/initial_value", least=0)

    def choices(self, element: Json, most: int, where: str) -> None:
        """Check what there is to choose from, and that what is chosen already is among it."""
        options = element.get("options", [])
        groups = element.get("option_groups", [])
        options = options + [one for group in groups for one in group.get("options", ())]
        self.count(options, most, f"{where}/options")
        for index, one in enumerate(options):
            self.option(one, f"{where}/options/{index}")
        chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
        if any(one not in options for one in chosen):
            self.say("must be one of the provided options", f"{where}/initial_option")
        values = [one.get("value") for one in options if isinstance(one, dict)]
        if len(values) != len(set(values)):
            self.say("option values must be unique", f"{where}/options")

    def option(self, option: Any, where: str) -> None:
        """Check one answer."""
        if not isinstance(option, dict):
            return self.say("must be an object", where)
        self.text(option.get("text"), 75, f"{where}/text")
        self.length(option.get("value"), 150, f"{where}/value")
        if "description" in option:
            self.text(option["description"], 75, f"{where}/description")
        return None

    def rich(self, elements: Any, where: str, allowed: set[str]) -> None:
        """Check rich text, whose words are never marks."""
        if not isinstance(elements, list):
            return self.say("must be an array", where)
        for index, one in enumerate(elements):
            place = f"{where}/{index}"
            kind = one.get("type") if isinstance(one, dict) else None
            if kind not in allowed:
                self.say(f"unsupported type: {kind}", place)
            elif kind == "rich_text_list":
                self.rich(one.get("elements"), f"{place}/elements", {"rich_text_section"})
            elif kind in _RICH:
                self.rich(one.get("elements"), f"{place}/elements", _RICH_LEAVES)
            elif kind == "text":
                self.length(one.get("text"), 40_000, f"{place}/text")
        return None

    def text(self, text: Any, most: int, where: str, *, plain: bool = False) -> None:
        """Check a text object."""
        kind = text.get("type") if isinstance(text, dict) else None
        if kind not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
            return self.say("must be a text object", where)
        self.keys(text, {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}, where)
        self.length(text.get("text"), most, f"{where}/text")
        return None

    def length(self, value: Any, most: int, where: str, *, least: int = 1) -> None:
        """Check that something is text of a length that is allowed."""
        if not isinstance(value, str):
            self.say("must be a string", where)
        elif len(value) > most:
            self.say(f"must be less than {most + 1} characters", where)
        elif len(value) < least:
            self.say(f"must be more than {least - 1} characters", where)

    def count(self, items: Any, most: int, where: str) -> None:
        """Check that there is something, and not too much of it."""
        if not isinstance(items, Sequence) or not items:
            self.say("must provide at least one item", where)
        elif len(items) > most:
            self.say(f"no more than {most} items allowed", where)

    def keys(self, value: Json, allowed: set[str], where: str) -> None:
        """Check that there is nothing that Slack does not know here."""
        for key in sorted(set(value) - allowed):
            self.say(f"no such field: {key}", f"{where}/{key}")
