#!/usr/bin/env python3
"""Checks a Crossing Guard evidence packet: digests, signature, and the chain of its custody log.

    python3 verify.py PACKET.zip --key FINGERPRINT

The fingerprint must come from outside the packet: from the school, on paper or by phone. Without it the packet can be
whole and still not be theirs. Exit code 0: everything fits. 1: something does not, and it is named.

This file needs Python 3.9 or newer and nothing else. A copy of it travels in every packet as `verify.py`; use one that
did not come with the packet, because whoever forges a packet can forge its copy.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from typing import Any, NamedTuple

MANIFEST = "manifest.json"
CUSTODY = "custody.jsonl"
CONTENTS = "packet.json"
FILES = ("packet.pdf", CONTENTS, CUSTODY, "verify.py")
FORMAT = 1
MOST_BYTES = 256 * 1024 * 1024
"""No packet is larger when unpacked; a larger one is not unpacked."""

_SIGNED = b"crossing-guard packet 1\n"
_CHAINED = b"crossing-guard custody 1\n"
_BODY = ("act", "at", "case", "digest", "person", "reason", "snapshot", "why")


class Checked(NamedTuple):
    """What was found: every problem in one sentence, and the fingerprint of the key that the packet names."""

    problems: list[str]
    fingerprint: str | None


class NotAPacketError(ValueError):
    """The file cannot be read as a packet at all; the sentence says why."""


def check(path: str, key: str | None = None) -> Checked:
    """Check the packet at `path` against the fingerprint `key`, if one is given. Never raises for any file."""
    try:
        files = _unpacked(path)
        manifest = _manifest(files)
        problems = [*_digests(files, manifest), *_signature(manifest, key), *_chain(files, manifest)]
    except NotAPacketError as error:
        return Checked([str(error)], None)
    except OSError as error:
        return Checked([f"The file cannot be read ({error.strerror or type(error).__name__})."], None)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, ValueError):
        return Checked(["This is no ZIP file, or it is damaged."], None)
    except Exception as error:  # noqa: BLE001  (decompressors raise errors of their own; none of them is a good packet)
        return Checked([f"This is no ZIP file, or it is damaged ({type(error).__name__})."], None)
    return Checked(problems, fingerprint_of(bytes.fromhex(manifest["public_key"])))


def canonical(document: Any) -> bytes:
    """Return a document as the bytes that are hashed and signed: JSON in ASCII, keys in order, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def signed_bytes(manifest: dict[str, Any]) -> bytes:
    """Return what the signature of a manifest is taken of: everything in it but the signature."""
    return _SIGNED + canonical({name: value for name, value in manifest.items() if name != "signature"})


def fingerprint_of(public_key: bytes) -> str:
    """Return the fingerprint of an Ed25519 public key (32 bytes): its SHA-256 in groups of four."""
    digest = hashlib.sha256(public_key).hexdigest()
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def same_fingerprint(one: str, other: str) -> bool:
    """Whether two fingerprints are the same, however they are spaced or written."""
    return _bare(one) == _bare(other) != ""


def row_hash(number: int, previous: str, body: str) -> str:
    """Return the hash of a custody row from its number, the previous row's hash and its body's digest (all in hex)."""
    return hashlib.sha256(_CHAINED + f"{number}\n{previous}\n{body}".encode("ascii")).hexdigest()


def _bare(fingerprint: str) -> str:
    bare = fingerprint.lower().removeprefix("sha256:")
    return "".join(character for character in bare if character in "0123456789abcdef")


def _unpacked(path: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packet:
        entries = packet.infolist()
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names):
            raise NotAPacketError("The packet holds two files of the same name.")
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise NotAPacketError("The packet is larger than any packet is.")
        if MANIFEST not in names:
            raise NotAPacketError("The packet has no manifest.json.")
        return {entry.filename: packet.read(entry) for entry in entries}


def _manifest(files: dict[str, bytes]) -> dict[str, Any]:
    wrong = NotAPacketError("manifest.json is not the manifest of a packet.")
    try:
        manifest = json.loads(files[MANIFEST])
        if not isinstance(manifest, dict) or manifest["format"] != FORMAT:
            raise wrong
        listed, head = manifest["files"], manifest["custody_head"]
        ok = len(bytes.fromhex(manifest["public_key"])) == 32 and len(bytes.fromhex(manifest["signature"])) == 64
        ok = ok and isinstance(head["number"], int) and isinstance(head["hash"], str) and isinstance(listed, dict)
        ok = ok and isinstance(manifest["cases"], list)
        ok = ok and all(isinstance(item["sha256"], str) and isinstance(item["bytes"], int) for item in listed.values())
    except (KeyError, TypeError, ValueError, RecursionError):
        raise wrong from None
    if not ok:
        raise wrong
    return manifest


def _digests(files: dict[str, bytes], manifest: dict[str, Any]) -> list[str]:
    problems = []
    listed = manifest["files"]
    for name in sorted({*listed, *FILES}):
        if name not in files:
            problems.append(f"{name} is missing.")
        elif name not in listed:
            problems.append(f"The manifest does not know {name}.")
        elif (
            hashlib.sha256(files[name]).hexdigest() != listed[name]["sha256"]
            or len(files[name]) != listed[name]["bytes"]
        ):
            problems.append(f"{name} was changed.")
    problems += [f"{name!a} was added." for name in sorted(files) if name not in {*listed, *FILES, MANIFEST}]
    return problems


def _signature(manifest: dict[str, Any], key: str | None) -> list[str]:
    public_key = bytes.fromhex(manifest["public_key"])
    problems = []
    if key is not None and not same_fingerprint(key, fingerprint_of(public_key)):
        problems.append("The packet was signed with another key than the one you were given.")
    if not verified(public_key, bytes.fromhex(manifest["signature"]), signed_bytes(manifest)):
        problems.append("The signature does not fit: the manifest was changed.")
    return problems


def _chain(files: dict[str, bytes], manifest: dict[str, Any]) -> list[str]:
    """Follow the chain from the first row about the case to the head, and compare what packet.json tells of it."""
    if CUSTODY not in files or CONTENTS not in files:
        return []  # told already
    try:
        rows = [json.loads(line) for line in files[CUSTODY].splitlines()]
        told = json.loads(files[CONTENTS])["custody"]
        return [*_links(rows, manifest["custody_head"]), *_told(rows, told, manifest["cases"])]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError):
        return [f"{CUSTODY} or {CONTENTS} cannot be read."]


def _links(rows: list[dict[str, Any]], head: dict[str, Any]) -> list[str]:
    problems = []
    number, last = rows[0]["number"] - 1, rows[0]["previous"]
    for row in rows:
        body = row["body"] if isinstance(row["body"], str) else _digest_of_body(row["body"])
        if row["number"] != number + 1:
            problems.append(f"Custody row {number + 1} is missing, or rows were put in another order.")
        elif row_hash(row["number"], last, body) != row["hash"]:
            problems.append(f"Custody row {row['number']} was changed, or does not follow the row before it.")
        number, last = row["number"], row["hash"]
    if number != head["number"] or last != head["hash"]:
        problems.append("The custody log does not end where the manifest says.")
    return problems


def _digest_of_body(body: dict[str, Any]) -> str:
    return hashlib.sha256(canonical({name: body[name] for name in _BODY})).hexdigest()


def _told(rows: list[dict[str, Any]], told: list[dict[str, Any]], cases: list[str]) -> list[str]:
    """Compare the rows about the case with what the packet tells people of them."""
    shown = [(row["number"], row["body"]["act"], row["body"]["at"]) for row in rows if not isinstance(row["body"], str)]
    if shown != [(row["number"], row["act"], row["at"]) for row in told]:
        return ["What the packet tells of the custody log is not what the log says."]
    if any(row["body"]["case"] not in cases for row in rows if not isinstance(row["body"], str)):
        return ["The custody log tells of another case."]
    return []


# Ed25519 (RFC 8032, section 5.1.7), for checking only: nothing secret passes through it, so its timing may vary.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def verified(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature (64 bytes) of `message` fits the public key (32 bytes)."""
    key, point = _decompressed(public_key), _decompressed(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or point is None or scalar >= _L or len(signature) != 64:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % _L
    left, right = _times(scalar, _BASE), _plus(point, _times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (left[1] * right[2] - right[1] * left[2]) % _P == 0


def _plus(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    total = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        scalar >>= 1
    return total


def _decompressed(encoded: bytes) -> _Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P or len(encoded) != 32:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE = _decompressed(_BASE_Y.to_bytes(32, "little")) or (0, 1, 1, 0)


def main(arguments: list[str] | None = None) -> int:
    """Check the packet named on the command line and say what was found."""
    parser = argparse.ArgumentParser(description="Check an evidence packet of Crossing Guard.")
    parser.add_argument("packet", help="the ZIP file")
    parser.add_argument("--key", help="the fingerprint that the school gave you, on paper or by phone")
    given = parser.parse_args(arguments)
    checked = check(given.packet, given.key)
    for line in report(checked, given.key):
        print(line)  # noqa: T201  (a script of its own, for a terminal)
    return 1 if checked.problems else 0


def report(checked: Checked, key: str | None) -> list[str]:
    """Return what to tell a person, line by line."""
    if checked.problems:
        return [*checked.problems, "Do not rely on this packet."]
    lines = ["Whole: every file is as it was signed, and the custody log's chain is unbroken."]
    if key is None:
        lines.append("Whose it is was not checked: compare this fingerprint with the one the school gives you.")
    return [*lines, f"Fingerprint of the key: {checked.fingerprint}"]


if __name__ == "__main__":
    sys.exit(main())
