"""What docs/policy-packs.md tells an administrator to write is a pack that loads."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.comments import AuthorRole
from bot.policy.loader import load_pack
from bot.policy.records import Kept
from tests.policy.folders import SHIPPED_NAMES

PAGE = Path(__file__).parents[2] / "docs" / "policy-packs.md"


def yaml_blocks() -> list[str]:
    """The page's YAML examples, in order, without the indentation of the list they stand in."""
    blocks = re.findall(r"^( *)```yaml\n(.*?)^ *```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


def test_the_six_steps_lead_to_a_pack_that_loads(tmp_path: Path) -> None:
    identity, routes, retention, rules = yaml_blocks()
    (tmp_path / "pack.yaml").write_text(identity, encoding="utf-8")
    (tmp_path / "routes.yaml").write_text(routes, encoding="utf-8")
    (tmp_path / "retention.yaml").write_text(retention, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    pack = load_pack(tmp_path)
    assert pack.name == "our-district"
    assert pack.identity.adopted is not None
    (called,) = [agency for agency in pack.routes.agencies if agency.id == "law-enforcement"]
    assert called.phones == ("(555) 555-0100",)
    (left,) = [period for period in pack.retention.periods if period.id is Kept.PUPIL_LEFT]
    assert (left.days, left.district_confirms) == (365, False)
    threat = pack.rule("threat")
    assert threat is not None
    assert threat.signals[1].detector == "threat"
    assert pack.cite(threat, AuthorRole.PARENT).clause == "BUL-5688.1 II.7"


def test_the_page_names_every_shipped_pack_role_and_file() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in (*SHIPPED_NAMES, *AuthorRole) if f"`{name}`" not in page] == []
