"""Units have days: who is there, who followed, since when they work in the DMS; and what contradicts itself."""

from datetime import date

import pytest
from pydantic import ValidationError

from config.organisation_config import Organisation, OrgUnit, findings, mistakes, successor

OLD_YEAR, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)


def city_of(*units: OrgUnit) -> Organisation:
    return Organisation(city="Stadt", procedure="VD", units=units)


def unit(number: str = "51", name: str = "Bereich Jugend", *, dms: bool = True, **days: object) -> OrgUnit:
    return OrgUnit.model_validate({"number": number, "name": name, "dms": dms, **days})


def test_a_unit_without_days_is_always_there() -> None:
    assert unit().valid_on(date(1999, 1, 1))
    assert unit().in_dms(date(1999, 1, 1))


@pytest.mark.parametrize(("day", "there"), [(OLD_YEAR, False), (NEW_YEAR, True)])
def test_it_works_in_the_dms_from_its_day_on(day: date, there: bool) -> None:
    assert unit(dms_from=NEW_YEAR).in_dms(day) is there


def test_mail_goes_to_whoever_followed_through_several_changes() -> None:
    there = city_of(
        unit(valid_to=OLD_YEAR, succeeded_by="61"),
        unit("61", "Fachbereich Kinder", valid_from=NEW_YEAR, valid_to=date(2028, 6, 30), succeeded_by="62"),
        unit("62", "Fachbereich Familie", valid_from=date(2028, 7, 1)),
    )
    followers = [successor(there, "51", day) for day in (OLD_YEAR, NEW_YEAR, date(2029, 1, 1))]
    assert [each.number for each in followers if each] == ["51", "61", "62"]


def test_a_renamed_unit_keeps_its_number_and_each_time_its_name() -> None:
    there = city_of(unit(valid_to=OLD_YEAR), unit(name="Fachbereich Jugend", valid_from=NEW_YEAR))
    names = [entry.name for day in (OLD_YEAR, NEW_YEAR, None) if (entry := there.entry("51", day))]
    assert names == ["Bereich Jugend", "Fachbereich Jugend", "Fachbereich Jugend"]
    assert list(mistakes(there)) == []
    assert findings(there, OLD_YEAR) == ()


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"dms_to": NEW_YEAR}, "einen Rückweg aus dem DMS ins Postfach gibt es nicht"),
        ({"valid_from": NEW_YEAR, "valid_to": OLD_YEAR}, "'valid_to' liegt vor 'valid_from'"),
        ({"succeeded_by": "61"}, "braucht 'valid_to'"),
        ({"dms": False, "dms_from": NEW_YEAR}, "braucht 'dms: true'"),
    ],
)
def test_days_that_cannot_be_are_refused(days: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        OrgUnit.model_validate({"number": "51", "name": "Bereich Jugend", "dms": True, **days})


def test_overlaps_circles_and_unknown_successors_are_told() -> None:
    overlapping = city_of(unit(valid_to=NEW_YEAR), unit(valid_from=NEW_YEAR))
    circle = city_of(unit(valid_to=OLD_YEAR, succeeded_by="61"), unit("61", valid_to=OLD_YEAR, succeeded_by="51"))
    nobody = city_of(unit(valid_to=OLD_YEAR, succeeded_by="99"))
    told = [sentence for there in (overlapping, circle, nobody) for _, sentence in mistakes(there)]
    assert any("überschneiden" in sentence for sentence in told)
    assert sum("im Kreis" in sentence for sentence in told) == 2
    assert any("'99' gibt es nicht" in sentence for sentence in told)


def test_ends_without_successor_gaps_and_coming_days_are_pointed_out() -> None:
    there = city_of(
        unit(valid_to=OLD_YEAR),
        unit("30", "Recht", valid_to=OLD_YEAR),
        unit("30", "Recht", valid_from=date(2027, 2, 1)),
        unit("63", "Statistik", dms_from=NEW_YEAR),
    )
    ends, gap, begins = findings(there, OLD_YEAR)
    assert "ohne Nachfolge" in ends
    assert "gibt es die Einheit nicht" in gap
    assert "arbeitet ab 01.01.2027 im DMS" in begins
