"""UBL: the parties (BG-4 to BG-12) and the delivery (BG-13, BG-15)."""

from pipelines.invoice.groups import given
from pipelines.invoice.read_ubl_amounts import is_vat
from pipelines.invoice.terms import Part
from schemas.invoice import Address, Contact, Delivery, Identifier, Party

__all__ = ["read_company", "read_creditor", "read_delivery", "read_payee", "read_tax_representative"]

_CREDITOR = "SEPA"  # the scheme of the one identifier that is not BT-29 or BT-60, but BT-90


def read_company(party: Part) -> Party:
    """BG-4 seller or BG-7 buyer."""
    registrations = party.parts("cac:PartyTaxScheme")
    return Party(
        name=party.text("cac:PartyLegalEntity/cbc:RegistrationName"),  # BT-27, BT-44
        trading_name=party.text("cac:PartyName/cbc:Name"),  # BT-28, BT-45
        identifiers=_identifiers(party),  # BT-29, BT-46
        registration=party.identifier("cac:PartyLegalEntity/cbc:CompanyID"),  # BT-30, BT-47
        vat_id=_company_id(registrations, vat=True),  # BT-31, BT-48
        tax_number=_company_id(registrations, vat=False),  # BT-32
        legal_form=party.text("cac:PartyLegalEntity/cbc:CompanyLegalForm"),  # BT-33
        electronic_address=party.identifier("cbc:EndpointID"),  # BT-34, BT-49
        address=_address(party.part("cac:PostalAddress")),  # BG-5, BG-8
        contact=_contact(party.part("cac:Contact")),  # BG-6, BG-9
    )


def read_payee(party: Part) -> Party | None:
    """BG-10, if the payee is not the seller."""
    return given(
        Party(
            name=party.text("cac:PartyName/cbc:Name"),  # BT-59
            identifiers=_identifiers(party),  # BT-60
            registration=party.identifier("cac:PartyLegalEntity/cbc:CompanyID"),  # BT-61
        )
    )


def read_tax_representative(party: Part) -> Party | None:
    """BG-11."""
    return given(
        Party(
            name=party.text("cac:PartyName/cbc:Name"),  # BT-62
            vat_id=_company_id(party.parts("cac:PartyTaxScheme"), vat=True),  # BT-63
            address=_address(party.part("cac:PostalAddress")),  # BG-12
        )
    )


def read_creditor(party: Part) -> str | None:
    """BT-90: the creditor identifier stands among the identifiers of the payee or the seller."""
    found = party.identifiers("cac:PartyIdentification/cbc:ID")
    return next((one.value for one in found if one.scheme == _CREDITOR), None)


def read_delivery(delivery: Part) -> Delivery | None:
    """BG-13 with the address BG-15."""
    return given(
        Delivery(
            name=delivery.text("cac:DeliveryParty/cac:PartyName/cbc:Name"),  # BT-70
            location=delivery.identifier("cac:DeliveryLocation/cbc:ID"),  # BT-71
            delivered_on=delivery.iso_date("cbc:ActualDeliveryDate", "BT-72"),
            address=_address(delivery.part("cac:DeliveryLocation/cac:Address")),
        )
    )


def _identifiers(party: Part) -> tuple[Identifier, ...]:
    found = party.identifiers("cac:PartyIdentification/cbc:ID")
    return tuple(one for one in found if one.scheme != _CREDITOR)


def _company_id(registrations: list[Part], *, vat: bool) -> str | None:
    """The first number for VAT, or the first for something else: that is how UBL tells VAT id and tax number apart."""
    numbers = (one.text("cbc:CompanyID") for one in registrations if is_vat(one) is vat)
    return next((number for number in numbers if number), None)


def _address(address: Part) -> Address | None:
    return given(
        Address(
            street=address.text("cbc:StreetName"),  # BT-35, BT-50, BT-64, BT-75
            line_2=address.text("cbc:AdditionalStreetName"),  # BT-36, BT-51, BT-65, BT-76
            line_3=address.text("cac:AddressLine/cbc:Line"),  # BT-162, BT-163, BT-164, BT-165
            city=address.text("cbc:CityName"),  # BT-37, BT-52, BT-66, BT-77
            post_code=address.text("cbc:PostalZone"),  # BT-38, BT-53, BT-67, BT-78
            subdivision=address.text("cbc:CountrySubentity"),  # BT-39, BT-54, BT-68, BT-79
            country=address.text("cac:Country/cbc:IdentificationCode"),  # BT-40, BT-55, BT-69, BT-80
        )
    )


def _contact(contact: Part) -> Contact | None:
    return given(
        Contact(
            name=contact.text("cbc:Name"),  # BT-41, BT-56
            phone=contact.text("cbc:Telephone"),  # BT-42, BT-57
            email=contact.text("cbc:ElectronicMail"),  # BT-43, BT-58
        )
    )
