"""An example site file: one school, its people, two channels on the local platform."""

LINCOLN = """
[district]
name = "Example Unified School District"
policy = "lausd"
time_zone = "America/Los_Angeles"
safety_contact = "safety-office"

[[person]]
key = "principal"
name = "A. Principal"
title = "Principal"
email = "principal@example.org"
local = "principal"

[[person]]
key = "assistant"
name = "B. Assistant"
language = "es"
local = "assistant"

[[person]]
key = "teacher"
name = "C. Teacher"
local = "teacher"

[[person]]
key = "local-district"
name = "D. Director"
local = "director"

[[person]]
key = "safety-office"
name = "E. Safety"

[[site]]
key = "lincoln"
name = "Lincoln High School"
mascots = ["Lions"]
site_administrator = "principal"
designees = ["assistant"]
supervisor = "local-district"
staff = ["teacher"]
day_closes_at = "15:00"
sign_off_by = "18:00"
duty_days = "every day"
evidence_permission = "standing"

[[site.ladder]]
person = "principal"
acknowledge_within = "30m"
severity = ["critical", "high"]

[[site.ladder]]
person = "assistant"
acknowledge_within = "2h"

[[site.channel]]
platform = "local"
workspace = "lincoln"
channel = "room-12"
name = "room-12"
kind = "class"
grades = "9-12"
parents_notified_on = 2026-08-20
responsible = "teacher"
approved_by = "principal"
approved_on = 2026-08-17

[[site.channel]]
platform = "local"
workspace = "lincoln"
channel = "families"
name = "room-12-families"
kind = "parent"
parents_notified_on = 2026-08-20
responsible = "teacher"
"""
