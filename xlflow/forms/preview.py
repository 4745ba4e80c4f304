"""Formulas that answer while the clerk types: points, deviation, total and grade, as a preview.

They stand in the columns that `preview` of `x-layout` names, beside the print area, and read what
the engine understood of profile and targets from hidden cells, which are written when a workbook is
handed out. Without it, and where they are not certain, they show no number. What they can tell is
described in `docs/decisions/0022-live-preview.md`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.forms.drawn import Row, drawn_rows
from xlflow.forms.form import Form
from xlflow.forms.look import paint
from xlflow.forms.missing import show_missing
from xlflow.forms.preview_cells import (
    ANY_BARE,
    AS_CLAIMED,
    BARE,
    BARE_ABOVE_ONE,
    COMPLETION,
    COUNT,
    DEVIATION,
    DEVIATIONS,
    FULL_AT,
    GRADES,
    GRADES_FROM,
    HIGH,
    KEY,
    LATER,
    LOW,
    MOST_GRADES,
    NUMBER,
    OVER_BUDGET,
    PROFILE,
    REASON,
    RULE,
    SUFFIX,
    TARGET,
    TITLES,
    WORDS,
    WRITTEN,
)
from xlflow.forms.recognise import PREVIEW_NAME
from xlflow.ooxml.reference import Area, sheet_reference

_END = "∎"  # a sign nobody types: what is cut off before it stood at the end
_LARGEST, _LARGEST_BARE = 10_000_000_000, 10_000_000
# More than binary fractions may be wrong by, less than lies between half a cent and its neighbours:
# in points up to 100, in per cents up to the farthest, in sums of claims with up to six decimals.
_ERROR, _SHARE_ERROR, _SUM_ERROR = "0.000000000001", "0.00000000001", "0.000000001"
_FARTHEST = 1000  # per cent of deviation up to which its second decimal is certain

# What an actual below the lowest full one, above the highest, and between the two earns.
_BELOW = 'IF({rule}="Q11",0,{w}*{a}/{low})'
_ABOVE = (
    'IF(({rule}="Q7")+({rule}="Q14"),{w}*{high}/{a},'
    'IF(({high}>0)*(({rule}="Q8")+({rule}="Q12")),MAX(0,{w}*(2*{high}-{a})/{high}),0))'
)
_WITHIN = 'IF(({rule}="Q9<")*({a}={high}),0,{w})'
_POINTS = f"IF({{a}}<{{low}},{_BELOW},IF({{a}}>{{high}},{_ABOVE},{_WITHIN}))"


def add_preview(sheet: Worksheet, form: Form, layout: Mapping[str, Any]) -> None:
    """Write the formulas, and the colours of what is missing, into a drawn template."""
    columns, drawn = layout["preview"], drawn_rows(sheet, layout)
    preview = _Preview(sheet, columns["score"], columns["deviation"], columns["hidden"])
    preview.heading(drawn.funds.row - 1, drawn.table.top)
    preview.execution(drawn.funds)
    for row in drawn.indicators:
        preview.indicator(row)
    preview.share(drawn.indicators)
    preview.total(drawn.totals, drawn.funds, drawn.indicators)
    preview.hide(drawn.table)
    show_missing(sheet, form, layout, preview.fixed(1, REASON))


class _Shared(ArrayFormula):
    """A formula that stands in one cell for all of an area; the others name its number alone."""

    t = "shared"

    def __init__(self, number: int, ref: str | None = None, text: str | None = None) -> None:
        super().__init__(ref, text)
        self.number = number

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield "t", self.t
        if self.ref:
            yield "ref", self.ref
        yield "si", str(self.number)


class _Preview(NamedTuple):
    """The columns of the preview in one sheet."""

    sheet: Worksheet
    score: str
    deviation: str
    hidden: str

    def heading(self, *rows: int) -> None:
        for row in rows:
            self.put(f"{self.score}{row}", TITLES["score"], "computed_label")
            self.put(f"{self.deviation}{row}", TITLES["deviation"], "computed_label")

    def hide(self, area: Area) -> None:
        """Hide the cells of what the engine understood, and name those of the indicators."""
        first = column_index_from_string(self.hidden)
        for column in range(first, first + COUNT):
            self.sheet.column_dimensions[get_column_letter(column)].hidden = True
        named = sheet_reference(
            self.sheet.title, Area(area.top, first, area.bottom, first + COUNT - 1)
        )
        self.sheet.defined_names[PREVIEW_NAME] = DefinedName(
            PREVIEW_NAME, attr_text=named, hidden=True
        )

    def execution(self, row: Row) -> None:
        """Preview budget execution (X1 to X3)."""
        budget, spent, weight = (
            row.cell("full_year_budget"),
            row.cell("executed"),
            row.cell("weight"),
        )
        full, over = self.fixed(1, FULL_AT), self.fixed(1, OVER_BUDGET)
        numbers = "+".join(f'({cell}={cell}&"")' for cell in (full, budget, spent, weight))
        beyond = f'IF({over}="capped",{weight},IF({over}="zero",0,"{LATER}"))'
        points = _points(f"MIN({weight},{weight}*{spent}/{budget}*100/{full})")
        known = (
            f'IF(({budget}<=0)+({weight}<=0)+({spent}<0)>0,"{LATER}",'
            f"IF({spent}>{budget},{beyond},{points}))"
        )
        score = f'IF(({budget}="")+({spent}="")>0,"",IF({numbers}>0,"{LATER}",{known}))'
        self.put(f"{self.score}{row.row}", self.when_issued(score), "computed_points")
        away = f"({spent}/{budget}/{full}*10000-100)"
        self.deviates(row.row, f"{spent}*100>={budget}*{full}", "0", away)

    def indicator(self, row: Row) -> None:
        """Preview an indicator by what the hidden cells say of its target."""
        actual, weight, number = row.cell("actual"), row.cell("weight"), self.at(row.row, NUMBER)
        rule, target, low, high = (self.at(row.row, each) for each in (RULE, TARGET, LOW, HIGH))
        key, suffix = self.at(row.row, KEY), self.at(row.row, SUFFIX)
        issued = f'{row.cell("level3")}&"|"&{row.cell("target")}'
        # A number stands in these cells only by pasting: how it is shown can not be told.
        foreign = (
            f'({rule}="")+({key}<>{issued})+({row.cell("target")}<>{row.cell("target")}&"")'
            f'+(SUBSTITUTE({actual},"{_END}","")<>{actual})'
        )
        cut = f'SUBSTITUTE(SUBSTITUTE({actual},"％","%")&"{_END}",{suffix}&"{_END}","")'
        self.put(self.at(row.row, WRITTEN), f'=IF({foreign}>0,"",{cut})')
        self.put(number, f"={self.sure_number(row.row)}")
        points = _POINTS.format(rule=rule, w=weight, a=number, low=low, high=high)
        decided = (
            f'IF(({rule}="{WORDS}")*({key}={issued}),"{AS_CLAIMED}",'
            f'IF(({number}="")+({weight}={weight}&"")>0,"{LATER}",'
            f'IF({weight}<=0,"{LATER}",{_points(points)})))'
        )
        score = f'IF({actual}="","",{decided})'
        self.put(f"{self.score}{row.row}", self.when_issued(score), "computed_points")
        bound = f"IF({number}>{high},{high},{target})"
        self.deviates(
            row.row,
            met=f"({number}>={low})*({number}<={high})",
            complete=f'({rule}="{COMPLETION}")*({number}>{target})',
            away=f"({number}/{bound}*100-100)",
        )

    def share(self, rows: Sequence[Row]) -> None:
        """Let the indicators share their formulas, which are long: the file is half as large."""
        first, *others = (row.row for row in rows)
        hidden = (self.at(first, each).rstrip("0123456789") for each in (WRITTEN, NUMBER))
        for number, column in enumerate((self.score, self.deviation, *hidden)):
            cell = self.sheet[f"{column}{first}"]
            cell.value = _Shared(number, f"{column}{first}:{column}{others[-1]}", cell.value)
            for row in others:
                self.sheet[f"{column}{row}"].value = _Shared(number)

    def sure_number(self, row: int) -> str:
        """Return the formula of an actual that reads as the engine reads it, else of nothing."""
        written, suffix, bare = (self.at(row, each) for each in (WRITTEN, SUFFIX, BARE))
        digits = f'SUBSTITUTE({written},"{_END}","",1)'
        value = f"VALUE({digits})"
        # Only what the sheet itself would write: no date, no sign, no 1e5, no 007.
        plain = "+".join(f'({value}&"{end}"={digits})' for end in ("", "0", ".0", ".00"))
        bounds = f"({value}>=0)*({value}<{_LARGEST})*(ROUND({value},4)={value})"
        allowed = f"({bare}={ANY_BARE})+({bare}={BARE_ABOVE_ONE})*(({value}>1)+({value}=0))"
        # 2022.6 may be a month, 20220630 a day.
        no_date = f"(({value}<1900)+({value}>=2101)+(ROUND({value},0)={value})>0)"
        alone = f"({value}<{_LARGEST_BARE})*{no_date}*({allowed})"
        form = f'({suffix}<>"")*({written}={digits})+{alone}'
        return f'IFERROR(IF(({plain}>0)*{bounds}*({form}>0),{value},""),"")'

    def deviates(self, row: int, met: str, complete: str, away: str) -> None:
        """Put the deviation of a row: `met` counts under V3, `complete` is never exceeded.

        There is none from a target of 0.
        """
        rule, score = self.fixed(1, DEVIATION), f"{self.score}{row}"
        absolute = f"ROUND(MAX({away},-{away})+{_SHARE_ERROR},2)"
        signed = f"ROUND({away}+IF({away}<0,-{_SHARE_ERROR},{_SHARE_ERROR}),2)"
        rounded = f'IF({rule}="V2",{absolute},{signed})/100'
        known = (
            f'IF(({rule}="V3")*({met})+{complete}>0,0,IF({away}>{_FARTHEST},"{LATER}",{rounded}))'
        )
        formula = f'IF({_any_of(rule, DEVIATIONS)}=0,"{LATER}",IFERROR({known},""))'
        self.put(f"{self.deviation}{row}", f'=IF({score}={score}&"","",{formula})', "computed_rate")

    def total(self, totals: Row, funds: Row, rows: Sequence[Row]) -> None:
        """Preview total and grade; what is not previewed counts as claimed, as in the engine."""
        first, last = rows[0], rows[-1]

        def column(key: str) -> str:
            return f"{first.cell(key)}:{last.cell(key)}"

        scores = f"{self.score}{first.row}:{self.score}{last.row}"
        single = f"{self.score}{funds.row}"
        weights, claims = column("weight"), column("score")
        claim, weight = f"({funds.cell('score')}*1)", f"({funds.cell('weight')}*1)"
        claimed = (
            f"(({claims}+0)>0)*((({claims}+0)<=({weights}+0))*{claims}"
            f'+(({claims}+0)>({weights}+0))*{weights}+({weights}="")*{claims})'
        )
        words = f'({scores}="{AS_CLAIMED}")'
        unknown = f'({scores}={scores}&"")*({scores}<>"{AS_CLAIMED}")'
        still_open, low, high = (self.at(totals.row, each) for each in (KEY, RULE, TARGET))
        self.put(
            still_open,
            f'=IFERROR(({single}={single}&"")*{weight}+SUMPRODUCT({unknown}*({weights}+0)),"")',
        )
        self.put(low, f'=IFERROR(SUM({single},{scores})+SUMPRODUCT({words}*{claimed}),"")')
        bounded = f'({single}={single}&"")*MAX(0,IF({claim}>{weight},{weight},{claim}))'
        self.put(high, f'=IFERROR({low}+{bounded}+SUMPRODUCT({unknown}*{claimed}),"")')
        begun = f"SUM({funds.cell('weight')},{weights})=0"
        total, grade = f"{self.score}{totals.row}", f"{self.deviation}{totals.row}"
        exact = f'IFERROR(ROUND({high}+{_SUM_ERROR},2),"{LATER}")'
        self.put(total, self.when_issued(f'IF({begun},"",{exact})'), "computed_points")
        lowest, highest = self.grade(low), self.grade(f"({low}+{still_open})")
        alike = f'IFERROR(IF({lowest}={highest},{lowest},"{LATER}"),"{LATER}")'
        self.put(grade, self.when_issued(f'IF({begun},"",{alike})'), "computed_word")
        self.tell(total, grade, still_open)

    def tell(self, total: str, grade: str, still_open: str) -> None:
        """Repeat total and grade in the rows that stay in sight."""
        for row, formula in (
            (2, f'IF({total}="","","试算合计："&{total})'),
            (
                3,
                f'IF({total}="","",IF({still_open}=0,"试算等级："&{grade},'
                f'"其中"&ROUND({still_open},2)&"分待测算，暂按自评"))',
            ),
        ):
            self.sheet.merge_cells(f"{self.score}{row}:{self.deviation}{row}")
            self.put(f"{self.score}{row}", f'=IFERROR({formula},"")', "computed")

    def grade(self, total: str) -> str:
        """Return the formula of the grade of a total."""
        formula = self.fixed(GRADES, MOST_GRADES - 1)
        for index in reversed(range(MOST_GRADES - 1)):
            low, name = self.fixed(GRADES_FROM, index), self.fixed(GRADES, index)
            formula = f"IF(ROUND({total}+{_SUM_ERROR},2)>={low},{name},{formula})"
        return formula

    def when_issued(self, formula: str) -> str:
        """Return a formula that is silent in a template no profile was written into."""
        return f'=IF({self.fixed(1, PROFILE)}="","",{formula})'

    def at(self, row: int, index: int) -> str:
        return f"{get_column_letter(column_index_from_string(self.hidden) + index)}{row}"

    def fixed(self, row: int, index: int) -> str:
        return f"${get_column_letter(column_index_from_string(self.hidden) + index)}${row}"

    def put(self, cell: str, value: str, style: str | None = None) -> None:
        self.sheet[cell].value = value
        if style:
            paint(self.sheet[cell], style)


def _points(formula: str) -> str:
    """Return points in cents, half up."""
    return f"ROUND({formula}+{_ERROR},2)"


def _any_of(cell: str, words: Iterable[str]) -> str:
    return "+".join(f'({cell}="{word}")' for word in words)
