"""CII: the parties (BG-4 to BG-12) and the delivery (BG-13, BG-15)."""

from pipelines.invoice.groups import given
from pipelines.invoice.terms import Part
from schemas.invoice import Address, Contact, Delivery, Party

__all__ = ["read_delivery", "read_party"]

_VAT, _TAX_OFFICE = "VA", "FC"  # schemes of a tax registration: VAT id, tax number


def read_party(party: Part) -> Party:
    """BG-4 seller, BG-7 buyer, BG-10 payee or BG-11 tax representative: CII writes all of them in the same words."""
    organisation = party.part("ram:SpecifiedLegalOrganization")
    return Party(
        name=party.text("ram:Name"),  # BT-27, BT-44, BT-59, BT-62
        trading_name=organisation.text("ram:TradingBusinessName"),  # BT-28, BT-45
        identifiers=party.identifiers("ram:ID") + party.identifiers("ram:GlobalID"),  # BT-29, BT-46, BT-60
        registration=organisation.identifier("ram:ID"),  # BT-30, BT-47, BT-61
        vat_id=_registration(party, _VAT),  # BT-31, BT-48, BT-63
        tax_number=_registration(party, _TAX_OFFICE),  # BT-32
        legal_form=party.joined("ram:Description"),  # BT-33
        electronic_address=party.identifier("ram:URIUniversalCommunication/ram:URIID"),  # BT-34, BT-49
        address=_address(party.part("ram:PostalTradeAddress")),  # BG-5, BG-8, BG-12
        contact=_contact(party.part("ram:DefinedTradeContact")),  # BG-6, BG-9
    )


def read_delivery(delivery: Part) -> Delivery | None:
    """BG-13 with the address BG-15."""
    place = delivery.part("ram:ShipToTradeParty")
    day = "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"
    return given(
        Delivery(
            name=place.text("ram:Name"),  # BT-70
            location=place.identifier("ram:GlobalID") or place.identifier("ram:ID"),  # BT-71
            delivered_on=delivery.plain_date(day, "BT-72"),
            address=_address(place.part("ram:PostalTradeAddress")),
        )
    )


def _registration(party: Part, scheme: str) -> str | None:
    numbers = party.identifiers("ram:SpecifiedTaxRegistration/ram:ID")
    return next((number.value for number in numbers if number.scheme == scheme), None)


def _address(address: Part) -> Address | None:
    return given(
        Address(
            street=address.text("ram:LineOne"),  # BT-35, BT-50, BT-64, BT-75
            line_2=address.text("ram:LineTwo"),  # BT-36, BT-51, BT-65, BT-76
            line_3=address.text("ram:LineThree"),  # BT-162, BT-163, BT-164, BT-165
            city=address.text("ram:CityName"),  # BT-37, BT-52, BT-66, BT-77
            post_code=address.text("ram:PostcodeCode"),  # BT-38, BT-53, BT-67, BT-78
            subdivision=address.text("ram:CountrySubDivisionName"),  # BT-39, BT-54, BT-68, BT-79
            country=address.text("ram:CountryID"),  # BT-40, BT-55, BT-69, BT-80
        )
    )


def _contact(contact: Part) -> Contact | None:
    return given(
        Contact(
            name=", ".join(filter(None, (contact.text("ram:PersonName"), contact.text("ram:DepartmentName")))) or None,
            phone=contact.text("ram:TelephoneUniversalCommunication/ram:CompleteNumber"),  # BT-42, BT-57
            email=contact.text("ram:EmailURIUniversalCommunication/ram:URIID"),  # BT-43, BT-58
        )
    )
