"""Printed dates: every form that blogs print, in five languages, and what is never guessed."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.printed import learn_order, printed_date, read_date


def day_of(line, order=None):
    printed = printed_date(line)
    read = read_date(printed, order) if printed else None
    return read.day_key if isinstance(read, Published) else read


@pytest.mark.parametrize(
    "line",
    """04 May 2013|4 May 2013|4. Mai 2013|May 4, 2013|May 4th, 2013|Saturday, May 4, 2013|Sat, May 4, 2013
    |saturday 4 may 2013|4 mei 2013|zaterdag 4 mei 2013|za 4 mei 2013|4 mai 2013|samedi 4 mai 2013|sam. 4 mai 2013
    |sábado, 4 de mayo de 2013|4 de mayo de 2013|Samstag, 4. Mai 2013|Sa., 4. Mai 2013|2013-05-04|2013/05/04|4.5.2013
    |04.05.2013|4-May-2013|2013 May 4|  4 May 2013\u00a0|4\u00a0May\u00a02013|Le 4 mai 2013|den 4. Mai 2013""".split(
        "|"
    ),
)
def test_a_date_that_is_a_whole_line_is_read_in_any_common_form(line):
    assert day_of(line) == "2013-05-04"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("samedi 1er juin 2013", "2013-06-01"),
        ("vendredi 16 août 2013", "2013-08-16"),
        ("16 aout 2013", "2013-08-16"),
        ("5 Jänner 2015", "2015-01-05"),
        ("1 maart 2015", "2015-03-01"),
        ("1 mrt. 2015", "2015-03-01"),
        ("31 décembre 2015", "2015-12-31"),
        ("lunes, 1 de septiembre de 2014", "2014-09-01"),
        ("FRIDAY, 29 FEBRUARY 2008", "2008-02-29"),
    ],
)
def test_names_of_months_are_read_in_english_dutch_french_spanish_and_german(line, expected):
    assert day_of(line) == expected


@pytest.mark.parametrize(
    "line",
    """|May|May 2013|2013|12|In May 2013|4 May 2013 was a Saturday|Date: 3 March, 2017; 9:15 pm|9th of March
    |2017-2021|1.2.3|10.000|Section 1: 4 May 2013|4 May 2013.pdf|99 bottles of beer|4 Mayonnaise 2013|1/2
    |Porto, 4 november|4 may 13 2013""".split("|"),
)
def test_a_line_that_is_more_or_less_than_a_date_is_none(line):
    assert printed_date(line) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("31 February 2015", "no day of the calendar"),
        ("0000-00-00", "no day of the calendar"),
        ("30.02.2012", "no day of the calendar"),
        ("13/13/2015", "no day of the calendar"),
        ("3/4/2018", "does not tell which number"),
        ("3/19/18", "century"),
        ("1.1.07", "century"),
    ],
)
def test_what_is_not_told_is_not_guessed(line, why):
    assert why in day_of(line)


@pytest.mark.parametrize("first", ["day first", "month first"])
def test_a_number_over_twelve_tells_the_order_of_all_dates_of_a_dump(first):
    lines = ["25/3/2015", "3/2/2015"] if first == "day first" else ["3/25/2015", "2/3/2015"]
    dates = [printed_date(line) for line in lines]

    assert learn_order(dates) == first
    assert read_date(dates[1], learn_order(dates)).day == date(2015, 2, 3)


def test_dates_that_stand_newest_first_in_only_one_order_tell_it():
    assert learn_order([printed_date(line) for line in ("5/1/2015", "4/2/2015", "3/3/2015")]) == "month first"
    assert learn_order([printed_date(line) for line in ("1/5/2015", "2/4/2015", "3/3/2015")]) == "day first"


@pytest.mark.parametrize("lines", [["3/4/2018"], ["3/4/2018", "3/4/2018"], ["25/3/2015", "3/25/2015"], []])
def test_dates_that_tell_nothing_or_contradict_each_other_have_no_order(lines):
    assert learn_order([printed_date(line) for line in lines]) is None


def test_the_same_number_twice_needs_no_order():
    assert day_of("4/4/2018") == "2018-04-04"


@given(
    st.dates(date(1000, 1, 1), date(9999, 12, 31)),
    st.sampled_from(["%d %B %Y", "%A, %B %d, %Y", "%Y-%m-%d", "%d.%m.%Y"]),
)
def test_every_day_is_read_as_it_was_printed(day, form):
    assert read_date(printed_date(day.strftime(form))).day == day


@given(st.lists(st.dates(date(2000, 1, 1), date(2029, 12, 31)), min_size=1, max_size=12))
def test_the_order_that_is_learnt_is_never_the_wrong_one(days):
    newest_first = sorted(days, reverse=True)
    dates = [printed_date(f"{day.month}/{day.day}/{day.year}") for day in newest_first]

    assert learn_order(dates) in ("month first", None)


@given(st.text(max_size=45))
def test_no_line_makes_it_fail(line):
    printed = printed_date(line)

    assert printed is None or isinstance(read_date(printed), Published | str)


def test_a_date_is_shown_no_more_exactly_than_it_is_known():
    zone = timezone(timedelta(hours=5, minutes=45))
    moment = datetime(2021, 2, 6, 23, 30, tzinfo=zone)

    assert Published(moment=moment, precision="minute", source=DateSource.FEED).iso == "2021-02-06T23:30+05:45"
    assert Published(moment=moment, precision="day", source=DateSource.FEED).iso == "2021-02-06"
    assert Published(moment=date(2021, 2, 1), precision="month", source=DateSource.PERMALINK).iso == "2021-02"
    assert Published(moment=date(2021, 1, 1), precision="year", source=DateSource.PERMALINK).day_key == "2021"
