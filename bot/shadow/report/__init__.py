"""The report of a shadow run: one HTML file for people, that needs no network and no script and prints well."""

from bot.shadow.report.html import About, ReportSink

__all__ = ["About", "ReportSink"]
