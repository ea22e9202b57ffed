<?xml version="1.0" encoding="UTF-8"?>
<!-- The XRechnung layer for UBL 2.1 Invoice and CreditNote: where each rule looks. Levels and texts: rules.xml. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:x="urn:posteingang:xrechnung"
    xmlns:inv="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cn="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl" exclude-result-prefixes="#all">

  <xsl:include href="common.xsl"/>

  <xsl:variable name="root" select="/*"/>
  <xsl:variable name="profile" select="string($root/cbc:CustomizationID[1])"/>
  <xsl:variable name="is-extension" select="$profile = $extension"/>
  <xsl:variable name="is-cvd" select="$profile = $cvd"/>
  <xsl:variable name="currency" select="x:text($root/cbc:DocumentCurrencyCode)"/>
  <xsl:variable name="tax-currency" select="x:text($root/cbc:TaxCurrencyCode)"/>
  <xsl:variable name="period" select="$root/cac:InvoicePeriod"/>

  <!-- Several templates look at one element; each hands on to the next. Empty elements are asked about first. -->
  <xsl:template match="*[not(*)][normalize-space() = '']" mode="rules" priority="9">
    <xsl:sequence select="x:fail('PEPPOL-EN16931-R008', .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- The document -->
  <xsl:template match="/inv:Invoice | /cn:CreditNote" mode="rules">
    <xsl:variable name="lines" select="cac:InvoiceLine | cac:CreditNoteLine"/>
    <xsl:variable name="type" select="x:text((cbc:InvoiceTypeCode, cbc:CreditNoteTypeCode))"/>
    <xsl:variable name="seller" select="cac:AccountingSupplierParty/cac:Party"/>
    <xsl:variable name="buyer" select="cac:AccountingCustomerParty/cac:Party"/>
    <xsl:variable name="categories" select="($lines/cac:Item/cac:ClassifiedTaxCategory | cac:AllowanceCharge/cac:TaxCategory)/cbc:ID/normalize-space()"/>
    <xsl:variable name="files" select="cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename/string()"/>
    <xsl:sequence select="
      x:demand('BR-DE-1', exists(cac:PaymentMeans), .),
      x:demand('BR-DE-2', exists($seller/cac:Contact), .),
      x:demand('BR-DE-15', x:given(cbc:BuyerReference), .),
      x:demand('BR-DE-16', not($categories = $taxed) or x:given($seller/cac:PartyTaxScheme/cbc:CompanyID)
        or exists(cac:TaxRepresentativeParty), .),
      x:demand('BR-DE-17', $type = $type-codes, .),
      x:demand('BR-DE-21', $profile = ($cius, $extension, $cvd), .),
      x:demand('BR-DE-22', count($files) = count(distinct-values($files)), .),
      x:demand('BR-DE-26', not($type = '384') or exists(cac:BillingReference/cac:InvoiceDocumentReference), .),
      x:demand('BR-DE-TMP-32', exists(cac:Delivery/cbc:ActualDeliveryDate) or exists(cac:InvoicePeriod)
        or (every $line in $lines satisfies exists($line/cac:InvoicePeriod)), .),
      x:demand('PEPPOL-EN16931-R001', exists(cbc:ProfileID), .),
      x:demand('PEPPOL-EN16931-R053', count(cac:TaxTotal[cac:TaxSubtotal]) = 1, .),
      x:demand('PEPPOL-EN16931-R054', count(cac:TaxTotal[not(cac:TaxSubtotal)]) = (if (cbc:TaxCurrencyCode) then 1 else 0), .),
      x:demand('PEPPOL-EN16931-R055', not(cbc:TaxCurrencyCode)
        or x:same-sign(cac:TaxTotal/cbc:TaxAmount[@currencyID = $currency], cac:TaxTotal/cbc:TaxAmount[@currencyID = $tax-currency]), .)"/>
    <xsl:if test="$is-cvd">
      <xsl:sequence select="
        x:demand('BR-DE-CVD-01', x:given(cac:ContractDocumentReference/cbc:ID), .),
        x:demand('BR-DE-CVD-02', x:given(cac:OriginatorDocumentReference/cbc:ID), .),
        x:demand('BR-DE-CVD-03', exists($lines[x:vehicle(.)][x:cva(.)]), .)"/>
    </xsl:if>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cbc:TaxCurrencyCode" mode="rules">
    <xsl:sequence select="x:demand('PEPPOL-EN16931-R005', normalize-space() != $currency, .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="/*/cac:PaymentTerms/cbc:Note" mode="rules">
    <xsl:sequence select="x:demand('BR-DE-18', x:discounts(string()), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Parties -->
  <xsl:template match="cac:AccountingSupplierParty/cac:Party" mode="rules">
    <xsl:sequence select="x:demand('PEPPOL-EN16931-R020', exists(cbc:EndpointID), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:AccountingCustomerParty/cac:Party" mode="rules">
    <xsl:sequence select="x:demand('PEPPOL-EN16931-R010', exists(cbc:EndpointID), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:AccountingSupplierParty/cac:Party/cac:PostalAddress" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DE-3', x:given(cbc:CityName), .),
      x:demand('BR-DE-4', x:given(cbc:PostalZone), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:AccountingSupplierParty/cac:Party/cac:Contact" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DE-5', x:given(cbc:Name), .),
      x:demand('BR-DE-6', x:given(cbc:Telephone), .),
      x:demand('BR-DE-7', x:given(cbc:ElectronicMail), .),
      x:demand('BR-DE-27', x:phone(cbc:Telephone), .),
      x:demand('BR-DE-28', x:mail(cbc:ElectronicMail), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:AccountingCustomerParty/cac:Party/cac:PostalAddress" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DE-8', x:given(cbc:CityName), .),
      x:demand('BR-DE-9', x:given(cbc:PostalZone), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="/*/cac:Delivery/cac:DeliveryLocation/cac:Address" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DE-10', x:given(cbc:CityName), .),
      x:demand('BR-DE-11', x:given(cbc:PostalZone), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Payment -->
  <xsl:template match="/*/cac:PaymentMeans" mode="rules">
    <xsl:variable name="code" select="x:text(cbc:PaymentMeansCode)"/>
    <xsl:variable name="transfer" select="exists(cac:PayeeFinancialAccount)"/>
    <xsl:variable name="card" select="exists(cac:CardAccount)"/>
    <xsl:variable name="debit" select="exists(cac:PaymentMandate)"/>
    <xsl:if test="$code = ('30', '58')">
      <xsl:sequence select="x:demand('BR-DE-23-a', $transfer, .), x:demand('BR-DE-23-b', not($card or $debit), .)"/>
    </xsl:if>
    <xsl:if test="$code = ('48', '54', '55')">
      <xsl:sequence select="x:demand('BR-DE-24-a', $card, .), x:demand('BR-DE-24-b', not($transfer or $debit), .)"/>
    </xsl:if>
    <xsl:if test="$code = '59'">
      <xsl:sequence select="x:demand('BR-DE-25-a', $debit, .), x:demand('BR-DE-25-b', not($transfer or $card), .)"/>
    </xsl:if>
    <!-- An account that is missing is no valid IBAN either. -->
    <xsl:if test="$code = '58'">
      <xsl:sequence select="x:demand('BR-DE-19', x:iban(cac:PayeeFinancialAccount/cbc:ID), .)"/>
    </xsl:if>
    <xsl:if test="$code = '59'">
      <xsl:sequence select="x:demand('BR-DE-20', x:iban(cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID), .)"/>
    </xsl:if>
    <xsl:if test="$code = ('49', '59')">
      <xsl:sequence select="x:demand('PEPPOL-EN16931-R061', exists(cac:PaymentMandate/cbc:ID), .)"/>
    </xsl:if>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="/*/cac:PaymentMeans/cac:PaymentMandate" mode="rules">
    <xsl:variable name="creditor" select="($root/cac:AccountingSupplierParty/cac:Party | $root/cac:PayeeParty)
      /cac:PartyIdentification/cbc:ID[@schemeID = 'SEPA']"/>
    <xsl:sequence select="
      x:demand('BR-DE-30', x:given($creditor), .),
      x:demand('BR-DE-31', x:given(cac:PayerFinancialAccount/cbc:ID), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Taxes, allowances and charges -->
  <xsl:template match="/*/cac:TaxTotal/cac:TaxSubtotal" mode="rules">
    <xsl:sequence select="x:demand('BR-DE-14', x:given(cac:TaxCategory/cbc:Percent), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="/*/cac:AllowanceCharge | cac:InvoiceLine/cac:AllowanceCharge
      | cac:CreditNoteLine/cac:AllowanceCharge" mode="rules">
    <xsl:variable name="percent" select="cbc:MultiplierFactorNumeric"/>
    <xsl:variable name="base" select="cbc:BaseAmount"/>
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R041', not($percent) or exists($base), .),
      x:demand('PEPPOL-EN16931-R042', not($base) or exists($percent), .),
      x:demand('PEPPOL-EN16931-R040', not($percent and $base)
        or x:near(cbc:Amount, x:number($base) * x:number($percent) div 100, $currency), .),
      x:demand('PEPPOL-EN16931-R043', x:text(cbc:ChargeIndicator) = ('true', 'false'), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Of sub-lines too. -->
  <xsl:template match="cac:Price/cac:AllowanceCharge" mode="rules">
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R044', x:text(cbc:ChargeIndicator) = 'false', .),
      x:demand('PEPPOL-EN16931-R046', not(cbc:BaseAmount)
        or x:number(../cbc:PriceAmount) = x:number(cbc:BaseAmount) - x:number(cbc:Amount), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Attachments -->
  <xsl:template match="/*/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference/cbc:URI" mode="rules">
    <xsl:sequence select="x:demand('BR-TMP-2', x:address(.), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cbc:EmbeddedDocumentBinaryObject[$is-extension]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-01', @mimeCode = $attachment-types, .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Lines. The rules of Peppol do not know sub-lines; only those on a price reach them. -->
  <xsl:template match="cac:InvoiceLine | cac:CreditNoteLine" mode="rules">
    <xsl:variable name="quantity" select="(cbc:InvoicedQuantity, cbc:CreditedQuantity)[1]"/>
    <xsl:variable name="given-base" select="cac:Price/cbc:BaseQuantity"/>
    <xsl:variable name="base" select="(x:number($given-base)[. != 0], 1.0)[1]"/>
    <xsl:variable name="extra" select="
      sum(cac:AllowanceCharge[x:text(cbc:ChargeIndicator) = 'true']/x:number(cbc:Amount))
      - sum(cac:AllowanceCharge[x:text(cbc:ChargeIndicator) = 'false']/x:number(cbc:Amount))"/>
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R101', not(cac:DocumentReference)
        or cac:DocumentReference/cbc:DocumentTypeCode/normalize-space() = '130', .),
      x:demand('PEPPOL-EN16931-R120', x:near(cbc:LineExtensionAmount,
        (if ($quantity) then x:number($quantity) else 1) * x:number(cac:Price/cbc:PriceAmount) div $base + $extra, $currency), .),
      x:demand('PEPPOL-EN16931-R121', not($given-base) or x:number($given-base) gt 0, .)"/>
    <xsl:if test="$is-cvd">
      <xsl:sequence select="
        x:demand('BR-DE-CVD-06-a', not(x:vehicle(.)) or count(x:cva(.)) = 1, .),
        x:demand('BR-DE-CVD-06-b', not(x:cva(.)) or count(x:vehicle(.)) = 1, .)"/>
    </xsl:if>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:InvoiceLine[$is-extension][cac:SubInvoiceLine] | cac:SubInvoiceLine[$is-extension][cac:SubInvoiceLine]" mode="rules" priority="2">
    <xsl:sequence select="x:demand('BR-DEX-02',
      x:number(cbc:LineExtensionAmount) = sum(cac:SubInvoiceLine/x:number(cbc:LineExtensionAmount)), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:SubInvoiceLine[$is-extension]" mode="rules" priority="1">
    <xsl:sequence select="x:demand('BR-DEX-03', count(cac:Item/cac:ClassifiedTaxCategory) = 1, .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="(cac:InvoiceLine | cac:CreditNoteLine)/cac:InvoicePeriod" mode="rules">
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R110', x:in-order($period/cbc:StartDate, cbc:StartDate), .),
      x:demand('PEPPOL-EN16931-R111', x:in-order(cbc:EndDate, $period/cbc:EndDate), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:Price/cbc:BaseQuantity[@unitCode]" mode="rules">
    <xsl:variable name="quantity" select="(../../cbc:InvoicedQuantity, ../../cbc:CreditedQuantity)[1]"/>
    <xsl:sequence select="x:demand('PEPPOL-EN16931-R130', not($quantity) or @unitCode = $quantity/@unitCode, .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Clean vehicles -->
  <xsl:function name="x:vehicle" as="node()*">
    <xsl:param name="line" as="element()"/>
    <xsl:sequence select="$line/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode[@listID = 'CVD']"/>
  </xsl:function>

  <xsl:function name="x:cva" as="node()*">
    <xsl:param name="line" as="element()"/>
    <xsl:sequence select="$line/cac:Item/cac:AdditionalItemProperty[x:text(cbc:Name) = 'cva']"/>
  </xsl:function>

  <xsl:template match="cbc:ItemClassificationCode[$is-cvd][@listID]" mode="rules">
    <xsl:sequence select="
      x:demand('BR-TMP-CVD-01', @listID = ($item-schemes, 'CVD'), .),
      x:demand('BR-DE-CVD-04', not(@listID = 'CVD') or normalize-space() = ('M1', 'M2', 'M3', 'N1', 'N2', 'N3'), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:AdditionalItemProperty[$is-cvd][x:text(cbc:Name) = 'cva']" mode="rules">
    <xsl:sequence select="x:demand('BR-DE-CVD-05', x:text(cbc:Value) = ('clean', 'zero-emission', 'other'), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Schemes and third-party payments of the extension -->
  <xsl:template match="cac:PartyIdentification/cbc:ID[$is-extension][@schemeID]" mode="rules">
    <!-- The creditor identifier (BT-90) of seller or payee is marked by SEPA. -->
    <xsl:variable name="creditor" select="@schemeID = 'SEPA' and (ancestor::cac:AccountingSupplierParty or ancestor::cac:PayeeParty)"/>
    <xsl:sequence select="x:demand('BR-DEX-04', $creditor or @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:PartyLegalEntity/cbc:CompanyID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-05', @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:StandardItemIdentification/cbc:ID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-06', @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cbc:EndpointID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-07', @schemeID = ($eas, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="cac:DeliveryLocation/cbc:ID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-08', @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="/*/cac:LegalMonetaryTotal[$is-extension]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-09', x:number(cbc:PayableAmount) = x:number(cbc:TaxInclusiveAmount)
      - x:number(cbc:PrepaidAmount) + x:number(cbc:PayableRoundingAmount)
      + sum($root/cac:PrepaidPayment/x:number(cbc:PaidAmount)), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="/*/cac:PrepaidPayment[$is-extension]" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DEX-10', x:given(cbc:ID), .),
      x:demand('BR-DEX-11', x:given(cbc:PaidAmount), .),
      x:demand('BR-DEX-12', x:given(cbc:InstructionID), .),
      x:demand('BR-DEX-13', string-length(substring-after(x:text(cbc:PaidAmount), '.')) le 2, .),
      x:demand('BR-DEX-14', cbc:PaidAmount/@currencyID = $currency, .)"/>
    <xsl:next-match/>
  </xsl:template>
</xsl:stylesheet>
