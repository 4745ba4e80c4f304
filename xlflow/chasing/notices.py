"""What is written to whom: a unit from which something is missing, and one whose form went back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from xlflow import files
from xlflow.chasing import words
from xlflow.chasing.tally import days_told, tally
from xlflow.chasing.words import day_told, form_told
from xlflow.ledger import Standing, StandingState
from xlflow.ledger.clock import day_of, local_time
from xlflow.ledger.identity import normalised, unit_handles
from xlflow.problems import Problem, Severity

Fields = Mapping[str, str | Sequence[str]]
Problems = Mapping[int, Sequence[Problem]]

_MOST, _MOST_SHORT = 30, 3  # problems in a letter and in a text
_LONGEST = 40  # signs of a value


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, and on which day; `titles` are the printed titles of the forms."""

    today: date
    titles: Mapping[str, str]
    bureau: str = ""
    contact: str = ""

    @property
    def signed(self) -> str:
        """The name below a notice."""
        return self.bureau or words.SIGNED_BY_NOBODY


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: whom and what it is about, its file name without suffix, and its texts.

    `fields` are what a letter may ask for, `short` is the text for a chat.
    """

    kind: StandingState
    about: tuple[Standing, ...]
    stem: str
    fields: Fields
    short: str


def notices_to(
    standing: Iterable[Standing], problems: Problems, sender: Sender
) -> tuple[Notice, ...]:
    """Return a notice for each unit from which something is missing, and for each returned form.

    Who has nothing to do gets none. `problems` are told by the number of the submission. Units
    that share a name are called by name and code, in `about` too.
    """
    missing: dict[str, list[Standing]] = {}
    returned = []
    for each in _told_apart(tuple(standing)):
        if each.withdrawn:
            continue
        if each.state is StandingState.MISSING:
            missing.setdefault(next(iter(unit_handles(each)), ""), []).append(each)
        elif each.state is StandingState.RETURNED:
            returned.append(each)
    taken: Counter[str] = Counter()
    return (
        *(_missing(lines, sender, taken) for lines in missing.values()),
        *(_returned(each, _found(each, problems), sender, taken) for each in returned),
    )


def _told_apart(standing: Sequence[Standing]) -> Iterator[Standing]:
    """Yield where units stand, with the code behind a name that several codes have."""
    codes: dict[str, set[str]] = {}
    for each in standing:
        if each.unit and each.unit_code:
            codes.setdefault(normalised(each.unit), set()).add(normalised(each.unit_code))
    for each in standing:
        if each.unit_code and len(codes.get(normalised(each.unit), ())) > 1:
            yield replace(each, unit=words.WITH_CODE.format(unit=each.unit, code=each.unit_code))
        else:
            yield each


def text_to_all(standing: Sequence[Standing], notices: Sequence[Notice], sender: Sender) -> str:
    """Return the text for everybody: how it stands, who is asked, then each short text."""
    counted = tally(standing, sender.today)
    lines = [
        words.OVERVIEW.format(
            today=day_told(sender.today),
            expected=counted.expected,
            accepted=counted.accepted,
            returned=counted.returned,
            missing=counted.missing,
        )
    ]
    for state in (StandingState.MISSING, StandingState.RETURNED):
        forms = [each for notice in notices if notice.kind is state for each in notice.about]
        units = Counter(each.unit or words.NO_UNIT for each in forms)
        if units:
            named = "、".join(
                words.SEVERAL.format(unit=unit, count=count) if count > 1 else unit
                for unit, count in units.items()
            )
            lines.append(words.OVERVIEW_UNITS.format(state=words.STATES[state], units=named))
    if notices:
        lines.append(words.OVERVIEW_DEMAND.format(signed=sender.signed))
    return "\n\n".join(["\n".join(lines), *(each.short for each in notices)])


def _missing(lines: Sequence[Standing], sender: Sender, taken: Counter[str]) -> Notice:
    unit = lines[0].unit or lines[0].unit_code or words.NO_UNIT
    items = [_item(each, sender) for each in lines]
    demand = _demand(lines, sender.today)
    common = _common(unit, demand, sender)
    return Notice(
        StandingState.MISSING,
        tuple(lines),
        _stem(lines[0], taken, unit),
        common | {"份数": str(len(lines)), "未报": [f"{item}。" for item in _numbered(items)]},
        words.SHORT_MISSING.format(
            unit=unit,
            today=common["今日"],
            count=len(lines),
            items="；".join(_numbered(items)),
            demand=demand,
            signed=sender.signed,
        ),
    )


def _returned(
    standing: Standing, found: Sequence[Problem], sender: Sender, taken: Counter[str]
) -> Notice:
    unit = standing.unit or standing.unit_code or words.NO_UNIT
    form, submission = form_told(standing, sender.titles), standing.submission
    must = [each for each in found if each.severity is Severity.ERROR]
    ask = [each for each in found if each.severity is Severity.WARNING]
    left = len(must[_MOST:]) + len(ask[_MOST:])
    counts = ((words.MUST, must), (words.ASK, ask))
    told = "、".join(each.format(count=len(some)) for each, some in counts if some)
    verdict = words.VERDICT.format(told=told)
    demand = _demand_again(standing, sender.today)
    title = sender.titles.get(standing.form or "", words.NO_FORM)
    about = (standing.project, title, standing.year, standing.round, f"v{standing.version}")
    shown = [*must, *ask][:_MOST_SHORT]
    return Notice(
        StandingState.RETURNED,
        (standing,),
        _stem(standing, taken, unit, *about),
        _common(unit, demand, sender)
        | {
            "表": form,
            "表名": title,
            "版本": str(standing.version),
            "收到日期": day_told(local_time(submission.received_at)) if submission else "",
            "结论": verdict,
            "必须修改说明": words.MUST_BELOW.format(count=len(must)) if must else "",
            "必须修改": [*_numbered(map(_problem, must[:_MOST]))],
            "请核对说明": words.ASK_BELOW.format(count=len(ask)) if ask else "",
            "请核对": [*_numbered(map(_problem, ask[:_MOST]))],
            "其余": words.UNLISTED_PROBLEMS.format(count=left) if left else "",
            "结果文件": PurePosixPath((submission and submission.output) or "").name,
        },
        words.SHORT_RETURNED.format(
            unit=unit,
            form=form,
            version=standing.version,
            verdict=verdict,
            items="".join(_numbered(map(_shortly, shown))),
            more=words.SHORT_MORE if len(must) + len(ask) > len(shown) else "",
            demand=demand,
            signed=sender.signed,
        ),
    )


def _common(unit: str, demand: str, sender: Sender) -> dict[str, str | Sequence[str]]:
    """Return the fields that every letter has."""
    today = day_told(sender.today)
    contact = words.CONTACT.format(contact=sender.contact) if sender.contact else ""
    return {
        "单位": unit,
        "今日": today,
        "要求": demand,
        "联系方式": contact,
        "落款": sender.signed,
        "日期": today,
    }


def _stem(standing: Standing, taken: Counter[str], unit: str, *about: object) -> str:
    """Return the file name of a notice; two that are alike are told apart by code or number."""
    kind = words.STEMS[standing.state]
    stem = files.safe_stem(kind, unit, *about)
    taken[stem.casefold()] += 1
    if (times := taken[stem.casefold()]) == 1:
        return stem
    return files.safe_stem(kind, unit, *about, standing.unit_code or times)


def _numbered(items: Iterable[str]) -> Iterator[str]:
    """Yield the items with their numbers; one alone needs none."""
    listed = list(items)
    if len(listed) == 1:
        yield from listed
        return
    for number, item in enumerate(listed, start=1):
        yield words.ITEM.format(number=number, words=item)


def _item(standing: Standing, sender: Sender) -> str:
    """Return one form that is missing, with its deadline."""
    due = day_of(standing.deadline)
    parts = [form_told(standing, sender.titles)]
    if standing.deadline:
        day = day_told(due) if due else standing.deadline
        before = _before(standing)
        told = words.DUE_EXTENDED if before else words.DUE
        parts.append(told.format(day=day, before=before))
    if left := days_told(standing, sender.today):
        parts.append(left.zh)
    return "，".join(parts)


def _before(standing: Standing) -> str:
    """Return the deadline that an officer extended, as one writes it."""
    day = day_of(standing.extended_from)
    return day_told(day) if day else standing.extended_from or ""


def _demand(lines: Sequence[Standing], today: date) -> str:
    days = [each.days_left(today) for each in lines]
    over = [day is not None and day < 0 for day in days]
    if any(over):
        return words.SEND_NOW if all(over) else words.SEND_BOTH
    return words.SEND_SOON if None in days else words.SEND_IN_TIME


def _demand_again(standing: Standing, today: date) -> str:
    due, left = day_of(standing.deadline), standing.days_left(today)
    if due is None or left is None:
        return words.AGAIN_SOON
    day, before = day_told(due), _before(standing)
    if left < 0:
        return words.AGAIN_NOW.format(day=day)
    told = (words.AGAIN_IN_TIME if left else words.AGAIN_TODAY).format(day=day)
    return (words.AGAIN_EXTENDED.format(before=before, day=day) if before else "") + told


def _found(standing: Standing, problems: Problems) -> Sequence[Problem]:
    return problems.get(standing.submission.id, ()) if standing.submission else ()


def _problem(found: Problem) -> str:
    """Return a problem with its place and what is written there; its sentence says what to do."""
    place = " ".join(part for part in (found.sheet, found.cell) if part)
    value = " ".join((found.value or "").split())
    if len(value) > _LONGEST:
        value = f"{value[:_LONGEST]}……"
    written = words.WRITTEN.format(value=value) if value else ""
    return f"{place}{written}：{found.message}" if place else found.message


def _shortly(found: Problem) -> str:
    return f"{found.cell}：{found.message}" if found.cell else found.message
