"""The invented cases as GitHub issues, app-store reviews, survey answers and mail."""

from __future__ import annotations

import csv
import io
from email.message import EmailMessage
from email.utils import format_datetime

from tests.ingest.formats.cases import Case, Turn
from tests.ingest.formats.written_shape import Expected, Written, as_json, html, local, titled, zulu


def github(given: list[Case]) -> Written:
    issues, expected = [], Expected()
    ranks = {"customer": "NONE", "agent": "MEMBER", "bot": "NONE"}
    for case in given:
        login = f"finch{case.customer}" if case.customer else "ghost"
        customer = login if case.customer else ""
        users = {
            "customer": {"login": login, "type": "User"},
            "agent": {"login": f"wren{case.agent}", "type": "User"},
            "bot": {"login": "helper[bot]", "type": "Bot"},
        }
        place = f"finch/mail#{case.id}"
        api = f"https://api.github.example/repos/finch/mail/issues/{case.id}"
        comments = []
        for turn in case.turns[1:]:
            if turn.speaker == "note":
                continue
            comments.append(
                {
                    "id": turn.id,
                    "body": f"> said before\n\n{turn.text}\n```\nTraceback: 17\n```" if turn.text else "",
                    "user": users[turn.speaker],
                    "author_association": ranks[turn.speaker],
                    "issue_url": api,
                    "html_url": f"https://github.example/finch/mail/issues/{case.id}#issuecomment-{turn.id}",
                    "created_at": zulu(turn.at),
                    "updated_at": zulu(turn.edited or turn.at),
                }
            )
            theirs = customer if turn.speaker == "customer" else ""
            expected.turn(f"{place}-{turn.id}", case, turn, theirs, place)
        expected.turn(place, case, case.turns[0], customer, place, titled(case, case.turns[0]))
        issues.append(
            {
                "url": api,
                "html_url": f"https://github.example/finch/mail/issues/{case.id}",
                "number": case.id,
                "title": case.subject,
                "body": f"<!-- which version? -->\n{case.turns[0].text}",
                "user": users["customer"],
                "author_association": "NONE",
                "labels": [{"name": tag, "color": "ffffff"} for tag in case.tags],
                "state": "open",
                "created_at": zulu(case.created),
                "updated_at": zulu(case.updated),
                "comments": comments,
            }
        )
        if case.id % 10 == 0:
            issues.append({**issues[-1], "number": 5000 + case.id, "pull_request": {"url": "x"}, "comments": 0})
            expected.passed += 1
    return Written(as_json(issues), ".json", expected.found, expected.passed)


def app_reviews(given: list[Case]) -> Written:
    out = io.StringIO()
    names = [
        "Package Name",
        "App Version Code",
        "App Version Name",
        "Reviewer Language",
        "Device",
        "Review Submit Date and Time",
        "Review Submit Millis Since Epoch",
        "Review Last Update Date and Time",
        "Review Last Update Millis Since Epoch",
        "Star Rating",
        "Review Title",
        "Review Text",
        "Developer Reply Date and Time",
        "Developer Reply Millis Since Epoch",
        "Developer Reply Text",
        "Review Link",
    ]
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    expected = Expected()
    for case in given:
        turn = case.turns[0]
        id = f"gp:AOqp{case.id}"
        silent = case.customer == 0
        row = {
            "Package Name": "example.finch.mail",
            "App Version Name": "4.2",
            "Reviewer Language": "de" if "Anhang" in turn.text else "en",
            "Device": "oriole",
            "Review Submit Date and Time": zulu(turn.at),
            "Review Submit Millis Since Epoch": int(turn.at.timestamp() * 1000),
            "Review Last Update Millis Since Epoch": int((turn.edited or turn.at).timestamp() * 1000),
            "Star Rating": case.rating or 3,
            "Review Title": "" if silent else case.subject,
            "Review Text": "" if silent else turn.text,
            "Review Link": "" if silent else f"https://play.google.example/console/reviews?reviewId={id}&corpus=PUBLIC",
        }
        if silent:
            expected.passed += 1
        else:
            expected.turn(id, case, turn, id, id, titled(case, turn))
        reply = next((one for one in case.turns[1:] if one.speaker == "agent"), None)
        if reply and not silent:
            row |= {
                "Developer Reply Millis Since Epoch": int(reply.at.timestamp() * 1000),
                "Developer Reply Text": reply.text,
            }
            expected.turn(f"{id}-answer", case, reply, id, id)
        writer.writerow(row)
    return Written(out.getvalue().encode("utf-16"), ".csv", expected.found, expected.passed)


def survey(given: list[Case]) -> Written:
    out = io.StringIO()
    names = ["Response ID", "Submitted At", "Email", "NPS", "Comment", "Product", "Plan", "Touchpoint"]
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    expected = Expected()
    for case in given:
        id = f"r-{case.id}"
        customer = f"ada{case.customer}@example.org" if case.customer else ""
        nps = {None: "", 1: "2", 5: "10"}[case.rating]
        words = "" if case.id % 7 == 0 else case.turns[0].text
        values = (id, local(case.created, case), customer.title(), nps, words, case.product, "Pro", "after, the call")
        writer.writerow(dict(zip(names, values, strict=True)))
        expected.turn(id, case, Turn(case.id, "customer", case.created, words), customer, id)
    return Written(("\ufeff" + out.getvalue()).encode(), ".csv", expected.found, expected.passed)


def mbox(given: list[Case]) -> Written:
    mails, expected = [], Expected()
    for case in given:
        customer = f"ada{case.customer or 'gone'}@example.org"
        root = f"{case.id}.0@mail.example.org"
        for turn in (one for one in case.turns if one.speaker != "note"):
            id = root if turn is case.turns[0] else f"{turn.id}@mail.example.org"
            theirs = turn.speaker == "customer"
            mail = EmailMessage()
            mail["From"] = f"Ada Finch <{customer}>" if theirs else "Finch Care <help@finch.example>"
            mail["To"] = "help@finch.example" if theirs else customer
            mail["Subject"] = case.subject if id == root else f"Re: {case.subject}"
            mail["Date"] = format_datetime(turn.at.astimezone(case.zone))
            mail["Message-ID"] = f"<{id}>"
            if id != root:
                mail["References"] = f"<{root}>"
            if turn.speaker == "bot":
                mail["Auto-Submitted"] = "auto-replied"
            if case.id % 2:
                mail.set_content(
                    f"{turn.text}\n\nOn Mon, Jan 5, 2026 Finch Care <help@finch.example>\nwrote:\n> before\n"
                    if turn.text
                    else ""
                )
            else:
                mail.set_content(html(turn.text) if turn.text else "", subtype="html")
            if turn.attached:
                mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="größe.png")
                mail.set_boundary(f"=={turn.id}==")
            mails.append(
                b"From ada@example.org Mon Jan  5 09:00:00 2026\n"
                + mail.as_bytes().replace(b"\nFrom ", b"\n>From ")
                + b"\n"
            )
            if turn.speaker == "bot":
                expected.passed += 1
            else:
                expected.turn(id, case, turn, customer, root, titled(case, turn))
    return Written(b"".join(mails), ".mbox", expected.found, expected.passed)
