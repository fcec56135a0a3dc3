"""Packets: what is in them, what is not, and that both verifiers agree on good and tampered ones."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comments import Author
from bot.errors import EvidenceError
from bot.evidence import verifier
from bot.evidence.packet import Packets, zipped
from bot.evidence.signing import Signer, signer_of
from bot.store.reports import NewReport, ReportWords
from tests.alerts.school import THREAT, School
from tests.evidence.conftest import stand
from tests.store.examples import NOON, SEVERE, VERSIONS, comment

HOSTILE = "bad \u202eevil \x00 <script> #set page(fill: red) *x* 老師 감사 مرحبا 👩‍👩‍👧 " + "a" * 300 + "\ud800"
TEACHER = Author("@teacher", "Carla Teach")
FRIEND = Author("88", "Nora Vecina")

Files = dict[str, bytes]


def unpacked(packet: bytes) -> Files:
    with zipfile.ZipFile(BytesIO(packet)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


async def made(school: School, packets: Packets, text: str = HOSTILE, **choices: Any) -> bytes:
    await stand(school)
    await school.flag(text="bad but of another case")
    case = await school.flag(THREAT, comment(9, text))
    around = [
        comment(8, "Hi @Nora Vecina, call me at 213-555-0147", author=TEACHER),
        comment(10, "pat says Carla Teach and nora are mean <@88>, mail carla@example.org", author=FRIEND),
    ]
    await school.store.evidence.add_context(case, around, school.clock())
    await school.flag(text="bad and later, of a third case")
    given_choices: dict[str, Any] = {"language": "en", "redacted": False}
    return await packets.make(case, "principal", "for the conference", **(given_choices | choices))


async def test_a_packet_holds_everything_and_both_verifiers_say_so(
    school: School, packets: Packets, tmp_path: Path
) -> None:
    path = tmp_path / "case.zip"
    path.write_bytes(await made(school, packets))
    files = unpacked(path.read_bytes())
    assert set(files) == {"packet.pdf", "packet.json", "custody.jsonl", "manifest.json", "verify.py"}
    assert files["packet.pdf"].startswith(b"%PDF-")
    told = json.loads(files["packet.json"])
    assert told["comment"]["text"] == HOSTILE
    assert [one["author"] for one in told["context"]] == ["Carla Teach", "Nora Vecina"]
    assert told["flag"]["clause"] == "BUL-5688.1 II.6"
    assert (told["flag"]["policy"], told["flag"]["model"]) == (VERSIONS.policy, VERSIONS.model)
    assert [row["act"] for row in told["custody"]] == ["sealed", "sealed", "exported", "exported"]
    assert told["custody"][-2]["by"] == "Ana Pryce"
    assert told["custody"][-2]["reason"] == "for the conference"
    key = (await signer_of(school.store)).fingerprint
    assert both(path, key) == []
    assert both(path, None) == []


async def test_the_log_of_other_cases_is_there_by_digest_alone(school: School, packets: Packets) -> None:
    packet = await made(school, packets)
    rows = [json.loads(line) for line in unpacked(packet)["custody.jsonl"].splitlines()]
    case = json.loads(unpacked(packet)["manifest.json"])["case"]
    hidden = [row for row in rows if isinstance(row["body"], str)]
    assert len(hidden) == 1
    assert {row["body"]["case"] for row in rows if row not in hidden} == {case}
    assert all(set(row) == {"number", "previous", "hash", "body"} for row in rows)


async def test_the_redacted_packet_hides_everyone_but_the_subject(school: School, packets: Packets) -> None:
    files = unpacked(await made(school, packets, "bad Nora Vecina and Ms. Teach, Pat Example was here", redacted=True))
    told = json.loads(files["packet.json"])
    everything = files["packet.json"].decode().casefold()
    for name in (
        "nora",
        "vecina",
        "carla",
        "ms. teach",
        "pryce",
        "@teacher",
        "555-0147",
        "example.org",
        "<@88>",
        "principal",
    ):
        assert name not in everything, name
    assert told["comment"]["author"] == "Pat Example"
    assert told["comment"]["text"] == "bad [Person 1] and Ms. [Staff member 2], Pat Example was here"
    assert told["context"][0]["text"] == "Hi @[Person 1], call me at [Person]"
    assert told["made"]["by"] == "Site administrator"
    assert not {"author_id", "permalink", "mentions", "id"} & set(told["comment"])


async def test_the_redacted_packet_hides_whom_each_comment_mentions(school: School, packets: Packets) -> None:
    await stand(school)
    called = {"mentions": ("90", "77"), "called": (("90", "Tommy Smith"), ("77", "Pat Example"))}
    case = await school.flag(THREAT, comment(9, "bad @Tommy Smith @Pat Example, tommy", **called))
    around = [
        comment(8, "@Li wait", author=TEACHER, mentions=("91",), called=(("91", "Li"),)),
        comment(10, "@Ida Bell and @Pat Example stop", author=FRIEND, mentions=("92", "77")),  # sealed without names
        comment(11, "@Ida Bell and 5 @ Noon", author=FRIEND),
    ]
    await school.store.evidence.add_context(case, around, school.clock())
    packet = await packets.make(case, "principal", "for Tommy's family", language="en", redacted=True)
    told = json.loads(unpacked(packet)["packet.json"])
    who, other = "[Person 1]", "[Person 2]"
    assert told["comment"]["text"] == f"bad @{other} @Pat Example, {other}"
    assert [one["text"] for one in told["context"]] == [
        "@[Person 3] wait",
        "@[Person] and @Pat Example stop",
        "@Ida Bell and 5 @ Noon",
    ]
    assert told["context"][1]["author"] == who.strip("[]")
    assert "Tommy" not in told["made"]["reason"]


async def test_what_stands_around_comes_without_links(school: School, packets: Packets) -> None:
    await stand(school)
    case = await school.flag(THREAT, comment(9, "bad words"))
    await school.store.evidence.add_context(case, [comment(8, "look", permalink="https://a.example/8")], school.clock())
    made = unpacked(await packets.make(case, "principal", "for the conference", language="en", redacted=False))
    packet = json.loads(made["packet.json"])
    assert [one["text"] for one in packet["context"]] == ["look"]
    assert "https://a.example" not in made["packet.json"].decode()


async def test_who_reported_is_in_no_packet_unless_that_was_opened(school: School, packets: Packets) -> None:
    await stand(school)
    seen = comment(4, "bad words")
    words = ReportWords("quixotically hurt", removal=True)
    report = NewReport(
        school.channel, seen, Author("99", "Xochitl Zanzibar"), words, NOON, SEVERE, VERSIONS, 5, NOON - NOON
    )
    filed = await school.store.reports.file(report)
    assert filed is not None
    sealed = unpacked(await packets.make(filed.case, "principal", "look", language="en", redacted=False))
    assert not [word for word in (b"Xochitl", b"quixotically", filed.code.encode()) if word in sealed["packet.json"]]
    shown = unpacked(
        await packets.make(filed.case, "principal", "court order", language="en", redacted=False, show_reporter=True)
    )
    assert json.loads(shown["packet.json"])["reports"][0]["reporter"] == "Xochitl Zanzibar"
    acts = [row.act for row in await school.store.custody.of([filed.case])]
    assert acts == ["sealed", "exported", "exported", "reporter_opened"]
    other = await school.flag(seen=comment(5, "bad and never reported"))
    with pytest.raises(EvidenceError, match="Nobody reported"):
        await packets.make(other, "principal", "x", language="en", redacted=False, show_reporter=True)
    with pytest.raises(EvidenceError, match="never names"):
        await packets.make(filed.case, "principal", "x", language="en", redacted=True, show_reporter=True)


async def test_pages_in_both_languages_hold_the_words_and_every_page_its_number(
    school: School, packets: Packets, tmp_path: Path
) -> None:
    path = tmp_path / "packet.pdf"
    for language, title, page in (
        ("en", "Evidence packet", "Page 1 of "),
        ("es", "Expediente de evidencia", "Página 1 de "),
    ):
        case_files = unpacked(await made_once(school, packets, language))
        path.write_bytes(case_files["packet.pdf"])
        text = printed(path)
        assert title in text
        assert page in text
        assert "Pat Example" in text
        assert "#set page(fill: red)" in text
        assert "U+202E" in text


async def made_once(school: School, packets: Packets, language: str) -> bytes:
    await stand(school)
    number = 100 if language == "en" else 200
    case = await school.flag(THREAT, comment(number, HOSTILE))
    return await packets.make(case, "principal", "for the conference", language=language, redacted=False)


def printed(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def both(path: Path, key: str | None) -> list[str]:
    """What our command and the script in a packet's clothes find; they must agree to the word."""
    found = verifier.check(str(path), key)
    script = Path(verifier.__file__)
    arguments = [sys.executable, "-I", "-S", str(script), str(path), *(["--key", key] if key else [])]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == verifier.report(found, key)
    assert ran.returncode == (1 if found.problems else 0)
    return found.problems


def resigned(files: Files, change: Callable[[dict[str, Any]], None], signer: Signer) -> Files:
    """Change the manifest and sign it again, as a forger with another key would."""
    manifest = json.loads(files["manifest.json"])
    for name in manifest["files"]:
        if name in files:
            data = files[name]
            manifest["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest["public_key"], manifest["fingerprint"] = signer.public_key.hex(), signer.fingerprint
    change(manifest)
    manifest["signature"] = signer.sign(verifier.signed_bytes(manifest)).hex()
    return files | {"manifest.json": verifier.canonical(manifest)}


def lines(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["custody.jsonl"].splitlines()]


def with_lines(files: Files, rows: list[dict[str, Any]]) -> Files:
    return files | {"custody.jsonl": b"\n".join(map(verifier.canonical, rows)) + b"\n"}


async def test_tampered_packets_are_found_out_by_both(school: School, packets: Packets, tmp_path: Path) -> None:
    good = unpacked(await made(school, packets))
    signer = await signer_of(school.store)
    forger = Signer(bytes(range(32)))
    rows = lines(good)
    told = json.loads(good["packet.json"])
    changed = told | {"comment": told["comment"] | {"text": "nothing bad at all"}}
    nothing: Callable[[dict[str, Any]], None] = lambda _: None  # noqa: E731
    fewer = told | {"custody": told["custody"][:-1]}
    later = [
        row | {"body": row["body"] | {"at": "2030-01-01T00:00:00.000000+00:00"}} if index == 0 else row
        for index, row in enumerate(rows)
    ]
    tampered: dict[str, tuple[Files, str]] = {
        "text changed": (good | {"packet.json": verifier.canonical(changed)}, "packet.json was changed"),
        "page changed": (good | {"packet.pdf": good["packet.pdf"] + b" "}, "packet.pdf was changed"),
        "file missing": ({name: data for name, data in good.items() if name != "packet.pdf"}, "packet.pdf is missing"),
        "file added": (good | {"more.txt": b"x"}, "'more.txt' was added"),
        "manifest changed": (
            good | {"manifest.json": good["manifest.json"].replace(b'"redacted":false', b'"redacted":true')},
            "signature does not fit",
        ),
        "no manifest": ({name: data for name, data in good.items() if name != "manifest.json"}, "no manifest.json"),
        "signed by a forger": (
            resigned(good | {"packet.json": verifier.canonical(changed)}, nothing, forger),
            "another key",
        ),
        "row left out": (resigned(with_lines(good, rows[:1] + rows[2:]), nothing, signer), "is missing"),
        "rows swapped": (resigned(with_lines(good, [rows[1], rows[0], *rows[2:]]), nothing, signer), "another order"),
        "row changed": (resigned(with_lines(good, later), nothing, signer), "was changed, or does not follow"),
        "end cut off": (resigned(with_lines(good, rows[:-1]), nothing, signer), "does not end"),
        "told less": (
            resigned(good | {"packet.json": verifier.canonical(fewer)}, nothing, signer),
            "not what the log says",
        ),
    }
    path = tmp_path / "tampered.zip"
    for kind, (files, sentence) in tampered.items():
        path.write_bytes(zipped(files))
        problems = both(path, signer.fingerprint)
        assert any(sentence in problem for problem in problems), (kind, problems)


@pytest.mark.parametrize("junk", [b"", b"PK", b"not a zip", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(400)])
def test_what_is_no_packet_is_one_sentence(junk: bytes, tmp_path: Path) -> None:
    path = tmp_path / "junk.zip"
    path.write_bytes(junk)
    assert len(both(path, None)) == 1
    assert len(verifier.check(str(tmp_path / "missing.zip")).problems) == 1


@given(
    manifest=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["format", "files", "custody_head", "public_key", "signature", "cases", "case"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_no_manifest_makes_the_verifier_stumble(manifest: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("manifest") / "packet.zip"
    path.write_bytes(zipped({"manifest.json": json.dumps(manifest).encode()}))
    assert verifier.check(str(path)).problems


def test_a_manifest_too_deep_to_be_hashed_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "packet.zip"
    head = {"number": 0, "hash": "0" * 64}
    whole = {"format": verifier.FORMAT, "files": {}, "custody_head": head, "cases": []}
    start = json.dumps(whole | {"public_key": "0" * 64, "signature": "0" * 128})[:-1]
    for depth in (500, *range(850, 1000), 5000):  # where it can be read, and not written, hangs on the stack
        path.write_bytes(zipped({"manifest.json": f'{start}, "more": {"[" * depth}{"]" * depth}}}'.encode()}))
        assert verifier.check(str(path)).problems


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=300), data=st.data())
def test_the_verifiers_ed25519_agrees_with_cryptography(seed: bytes, message: bytes, data: st.DataObject) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.verified(public, signature, message)
    bit = data.draw(st.integers(0, 64 * 8 - 1))
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not verifier.verified(public, bytes(flipped), message)
    assert not verifier.verified(public, signature, message + b"x")


def test_a_fingerprint_may_be_written_in_any_way() -> None:
    fingerprint = verifier.fingerprint_of(bytes(32))
    assert re.fullmatch(r"(?:[0-9a-f]{4} ){15}[0-9a-f]{4}", fingerprint)
    for written in (fingerprint.upper(), fingerprint.replace(" ", ""), "SHA256:" + fingerprint.replace(" ", ":")):
        assert verifier.same_fingerprint(written, fingerprint)
    assert not verifier.same_fingerprint("", "")


async def test_making_the_packet_again_is_another_row(school: School, packets: Packets) -> None:
    first = json.loads(unpacked(await made(school, packets))["manifest.json"])
    second = unpacked(
        await packets.make(UUID(first["case"]), "assistant", "a second copy", language="es", redacted=True)
    )
    assert json.loads(second["manifest.json"])["custody_head"]["number"] > first["custody_head"]["number"]
