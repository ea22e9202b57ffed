<?xml version="1.0" encoding="UTF-8"?>
<!-- The XRechnung layer for UN/CEFACT CII: where each rule looks. Levels and texts: rules.xml. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:x="urn:posteingang:xrechnung"
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl" exclude-result-prefixes="#all">

  <xsl:include href="common.xsl"/>

  <xsl:variable name="root" select="/rsm:CrossIndustryInvoice"/>
  <xsl:variable name="context" select="$root/rsm:ExchangedDocumentContext"/>
  <xsl:variable name="transaction" select="$root/rsm:SupplyChainTradeTransaction"/>
  <xsl:variable name="agreement" select="$transaction/ram:ApplicableHeaderTradeAgreement"/>
  <xsl:variable name="settlement" select="$transaction/ram:ApplicableHeaderTradeSettlement"/>
  <xsl:variable name="lines" select="$transaction/ram:IncludedSupplyChainTradeLineItem"/>
  <xsl:variable name="profile" select="string(($context/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID)[1])"/>
  <xsl:variable name="is-extension" select="$profile = $extension"/>
  <xsl:variable name="is-cvd" select="$profile = $cvd"/>
  <xsl:variable name="currency" select="x:text($settlement/ram:InvoiceCurrencyCode)"/>
  <xsl:variable name="tax-currency" select="x:text($settlement/ram:TaxCurrencyCode)"/>
  <xsl:variable name="period" select="$settlement/ram:BillingSpecifiedPeriod"/>
  <!-- Direct debit (BG-19) has no group of its own: mandate (BT-89) and creditor (BT-90) stand beside the means, the
       debited account (BT-91) within. -->
  <xsl:variable name="mandate" select="$settlement/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID"/>
  <xsl:variable name="debited" select="$settlement/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayerPartyDebtorFinancialAccount/ram:IBANID"/>
  <xsl:variable name="debit" select="exists($mandate | $debited | $settlement/ram:CreditorReferenceID)"/>

  <xsl:template match="*[not(*)][normalize-space() = ''][not(self::ram:ApplicableHeaderTradeDelivery)]" mode="rules" priority="9">
    <xsl:sequence select="x:fail('PEPPOL-EN16931-R008', .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- The document -->
  <xsl:template match="/rsm:CrossIndustryInvoice" mode="rules">
    <xsl:variable name="type" select="x:text(rsm:ExchangedDocument/ram:TypeCode)"/>
    <xsl:variable name="seller" select="$agreement/ram:SellerTradeParty"/>
    <xsl:variable name="categories" select="($lines/ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax
      | $settlement/ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax)/ram:CategoryCode/normalize-space()"/>
    <xsl:variable name="files" select="$agreement/ram:AdditionalReferencedDocument/ram:AttachmentBinaryObject/@filename/string()"/>
    <xsl:sequence select="
      x:demand('BR-DE-1', exists($settlement/ram:SpecifiedTradeSettlementPaymentMeans), .),
      x:demand('BR-DE-2', exists($seller/ram:DefinedTradeContact), .),
      x:demand('BR-DE-15', x:given($agreement/ram:BuyerReference), .),
      x:demand('BR-DE-16', not($categories = $taxed) or x:given($seller/ram:SpecifiedTaxRegistration/ram:ID[@schemeID = ('VA', 'FC')])
        or exists($agreement/ram:SellerTaxRepresentativeTradeParty), .),
      x:demand('BR-DE-17', $type = $type-codes, .),
      x:demand('BR-DE-21', $profile = ($cius, $extension, $cvd), .),
      x:demand('BR-DE-22', count($files) = count(distinct-values($files)), .),
      x:demand('BR-DE-26', not($type = '384') or exists($settlement/ram:InvoiceReferencedDocument), .),
      x:demand('BR-DE-TMP-32', exists($transaction/ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime)
        or exists($period)
        or (every $line in $lines satisfies exists($line/ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod)), .),
      x:demand('PEPPOL-EN16931-R001', exists($context/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID), .)"/>
    <xsl:if test="$is-cvd">
      <xsl:sequence select="
        x:demand('BR-DE-CVD-01', x:given($agreement/ram:ContractReferencedDocument/ram:IssuerAssignedID), .),
        x:demand('BR-DE-CVD-02', x:given($agreement/ram:AdditionalReferencedDocument[x:text(ram:TypeCode) = '50']/ram:IssuerAssignedID), .),
        x:demand('BR-DE-CVD-03', exists($lines[x:vehicle(.)][x:cva(.)]), .)"/>
    </xsl:if>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:ApplicableHeaderTradeSettlement" mode="rules">
    <xsl:variable name="totals" select="ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount"/>
    <xsl:variable name="own" select="$totals[@currencyID = $currency]"/>
    <xsl:variable name="other" select="$totals[@currencyID = $tax-currency]"/>
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R005', $tax-currency = '' or $tax-currency != $currency, .),
      x:demand('PEPPOL-EN16931-R053', count($own) le 1, .),
      x:demand('PEPPOL-EN16931-R054', not(ram:TaxCurrencyCode) or count($other) = 1, .),
      x:demand('PEPPOL-EN16931-R055', not(ram:TaxCurrencyCode) or x:same-sign($own, $other), .)"/>
    <!-- A direct debit is known by its mandate, or by the code with anything of it. -->
    <xsl:if test="$mandate or $debit and ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode/normalize-space() = '59'">
      <xsl:sequence select="
        x:demand('BR-DE-30', x:given(ram:CreditorReferenceID), .),
        x:demand('BR-DE-31', x:given($debited), .)"/>
    </xsl:if>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms/ram:Description" mode="rules">
    <xsl:sequence select="x:demand('BR-DE-18', x:discounts(string()), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Parties -->
  <xsl:template match="ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty" mode="rules">
    <xsl:sequence select="x:demand('PEPPOL-EN16931-R020', exists(ram:URIUniversalCommunication/ram:URIID), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty" mode="rules">
    <xsl:sequence select="x:demand('PEPPOL-EN16931-R010', exists(ram:URIUniversalCommunication/ram:URIID), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:SellerTradeParty/ram:PostalTradeAddress" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DE-3', x:given(ram:CityName), .),
      x:demand('BR-DE-4', x:given(ram:PostcodeCode), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:SellerTradeParty/ram:DefinedTradeContact" mode="rules">
    <xsl:variable name="phone" select="ram:TelephoneUniversalCommunication/ram:CompleteNumber"/>
    <xsl:variable name="mail" select="ram:EmailURIUniversalCommunication/ram:URIID"/>
    <xsl:sequence select="
      x:demand('BR-DE-5', x:given((ram:PersonName, ram:DepartmentName)), .),
      x:demand('BR-DE-6', x:given($phone), .),
      x:demand('BR-DE-7', x:given($mail), .),
      x:demand('BR-DE-27', x:phone($phone), .),
      x:demand('BR-DE-28', x:mail($mail), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:BuyerTradeParty/ram:PostalTradeAddress" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DE-8', x:given(ram:CityName), .),
      x:demand('BR-DE-9', x:given(ram:PostcodeCode), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:PostalTradeAddress" mode="rules">
    <xsl:sequence select="
      x:demand('BR-DE-10', x:given(ram:CityName), .),
      x:demand('BR-DE-11', x:given(ram:PostcodeCode), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Payment -->
  <xsl:template match="ram:SpecifiedTradeSettlementPaymentMeans" mode="rules">
    <xsl:variable name="code" select="x:text(ram:TypeCode)"/>
    <xsl:variable name="transfer" select="exists(ram:PayeePartyCreditorFinancialAccount)"/>
    <xsl:variable name="card" select="exists(ram:ApplicableTradeSettlementFinancialCard)"/>
    <xsl:if test="$code = ('30', '58')">
      <xsl:sequence select="x:demand('BR-DE-23-a', $transfer, .), x:demand('BR-DE-23-b', not($card or $debit), .)"/>
    </xsl:if>
    <xsl:if test="$code = ('48', '54', '55')">
      <xsl:sequence select="x:demand('BR-DE-24-a', $card, .), x:demand('BR-DE-24-b', not($transfer or $debit), .)"/>
    </xsl:if>
    <xsl:if test="$code = '59'">
      <xsl:sequence select="
        x:demand('BR-DE-25-a', $debit, .),
        x:demand('BR-DE-25-b', not($transfer or $card or ram:PayeeSpecifiedCreditorFinancialInstitution), .)"/>
    </xsl:if>
    <!-- An account that is missing is no valid IBAN either. -->
    <xsl:if test="$code = '58'">
      <xsl:sequence select="x:demand('BR-DE-19', x:iban(ram:PayeePartyCreditorFinancialAccount/ram:IBANID), .)"/>
    </xsl:if>
    <xsl:if test="$code = '59'">
      <xsl:sequence select="x:demand('BR-DE-20', x:iban(ram:PayerPartyDebtorFinancialAccount/ram:IBANID), .)"/>
    </xsl:if>
    <xsl:if test="$code = ('49', '59')">
      <xsl:sequence select="x:demand('PEPPOL-EN16931-R061', exists($mandate), .)"/>
    </xsl:if>
    <xsl:next-match/>
  </xsl:template>

  <!-- Taxes, allowances and charges -->
  <xsl:template match="ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax" mode="rules">
    <xsl:sequence select="x:demand('BR-DE-14', x:given(ram:RateApplicablePercent), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:SpecifiedTradeAllowanceCharge" mode="rules">
    <xsl:variable name="percent" select="ram:CalculationPercent"/>
    <xsl:variable name="base" select="ram:BasisAmount"/>
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R043-1', x:text(ram:ChargeIndicator/udt:Indicator) = ('true', 'false'), .),
      x:demand('PEPPOL-EN16931-R041', not($percent) or exists($base), .),
      x:demand('PEPPOL-EN16931-R042', not($base) or exists($percent), .),
      x:demand('PEPPOL-EN16931-R040', not($percent and $base)
        or x:near(ram:ActualAmount, x:number($base) * x:number($percent) div 100, $currency), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:AppliedTradeAllowanceCharge" mode="rules">
    <xsl:variable name="indicator" select="x:text(ram:ChargeIndicator/udt:Indicator)"/>
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R043-2', $indicator = ('true', 'false'), .),
      x:demand('PEPPOL-EN16931-R044', $indicator = 'false', .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Attachments -->
  <xsl:template match="ram:ApplicableHeaderTradeAgreement/ram:AdditionalReferencedDocument/ram:URIID" mode="rules">
    <xsl:sequence select="x:demand('BR-TMP-2', x:address(.), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:AttachmentBinaryObject[$is-extension]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-01', @mimeCode = $attachment-types, .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Lines -->
  <xsl:template match="ram:IncludedSupplyChainTradeLineItem" mode="rules">
    <xsl:variable name="agreed" select="ram:SpecifiedLineTradeAgreement"/>
    <xsl:variable name="net" select="$agreed/ram:NetPriceProductTradePrice"/>
    <xsl:variable name="gross" select="$agreed/ram:GrossPriceProductTradePrice"/>
    <xsl:variable name="settled" select="ram:SpecifiedLineTradeSettlement"/>
    <xsl:variable name="quantity" select="ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"/>
    <xsl:variable name="base" select="(x:number(($net/ram:BasisQuantity, $gross/ram:BasisQuantity))[. != 0], 1.0)[1]"/>
    <xsl:variable name="amount" select="$settled/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"/>
    <xsl:variable name="extras" select="$settled/ram:SpecifiedTradeAllowanceCharge"/>
    <xsl:variable name="extra" select="
      sum($extras[x:text(ram:ChargeIndicator/udt:Indicator) = 'true']/x:number(ram:ActualAmount))
      - sum($extras[x:text(ram:ChargeIndicator/udt:Indicator) = 'false']/x:number(ram:ActualAmount))"/>
    <xsl:variable name="discount" select="$gross/ram:AppliedTradeAllowanceCharge/ram:ActualAmount"/>
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R120', x:near($amount,
        (if ($quantity) then x:number($quantity) else 1) * x:number($net/ram:ChargeAmount) div $base + $extra, $currency), .),
      x:demand('PEPPOL-EN16931-R046', not($gross/ram:ChargeAmount)
        or x:number($net/ram:ChargeAmount) = x:number($gross/ram:ChargeAmount) - sum($discount/x:number(.)), .),
      x:demand('BR-TMP-3', not($net/ram:BasisQuantity and $gross/ram:BasisQuantity)
        or (x:number($net/ram:BasisQuantity) = x:number($gross/ram:BasisQuantity)
          and x:text($net/ram:BasisQuantity/@unitCode) = x:text($gross/ram:BasisQuantity/@unitCode)), .),
      x:demand('PEPPOL-EN16931-R101', not($settled/ram:AdditionalReferencedDocument)
        or $settled/ram:AdditionalReferencedDocument/ram:TypeCode/normalize-space() = '130', .),
      for $one in ($net | $gross)/ram:BasisQuantity return (
        x:demand('PEPPOL-EN16931-R121', x:number($one) gt 0, $one),
        x:demand('PEPPOL-EN16931-R130', not($one/@unitCode and $quantity) or $one/@unitCode = $quantity/@unitCode, $one))"/>
    <xsl:if test="$is-extension">
      <xsl:sequence select="x:demand('BR-DEX-15', empty(ram:AssociatedDocumentLineDocument/ram:ParentLineID), .)"/>
    </xsl:if>
    <xsl:if test="$is-cvd">
      <xsl:sequence select="
        x:demand('BR-DE-CVD-06-a', not(x:vehicle(.)) or count(x:cva(.)) = 1, .),
        x:demand('BR-DE-CVD-06-b', not(x:cva(.)) or count(x:vehicle(.)) = 1, .)"/>
    </xsl:if>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod" mode="rules">
    <xsl:sequence select="
      x:demand('PEPPOL-EN16931-R110', x:in-order($period/ram:StartDateTime/udt:DateTimeString, ram:StartDateTime/udt:DateTimeString), .),
      x:demand('PEPPOL-EN16931-R111', x:in-order(ram:EndDateTime/udt:DateTimeString, $period/ram:EndDateTime/udt:DateTimeString), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Clean vehicles -->
  <xsl:function name="x:vehicle" as="node()*">
    <xsl:param name="line" as="element()"/>
    <xsl:sequence select="$line/ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode[@listID = 'CVD']"/>
  </xsl:function>

  <xsl:function name="x:cva" as="node()*">
    <xsl:param name="line" as="element()"/>
    <xsl:sequence select="$line/ram:SpecifiedTradeProduct/ram:ApplicableProductCharacteristic[x:text(ram:Description) = 'cva']"/>
  </xsl:function>

  <xsl:template match="ram:DesignatedProductClassification/ram:ClassCode[$is-cvd][@listID]" mode="rules">
    <xsl:sequence select="
      x:demand('BR-TMP-CVD-01', @listID = ($item-schemes, 'CVD'), .),
      x:demand('BR-DE-CVD-04', not(@listID = 'CVD') or normalize-space() = ('M1', 'M2', 'M3', 'N1', 'N2', 'N3'), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:ApplicableProductCharacteristic[$is-cvd][x:text(ram:Description) = 'cva']" mode="rules">
    <xsl:sequence select="x:demand('BR-DE-CVD-05', x:text(ram:Value) = ('clean', 'zero-emission', 'other'), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <!-- Schemes of the extension -->
  <xsl:template match="ram:GlobalID[$is-extension][@schemeID][not(parent::ram:SpecifiedTradeProduct or parent::ram:ShipToTradeParty)]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-04', @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:SpecifiedLegalOrganization/ram:ID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-05', @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:SpecifiedTradeProduct/ram:GlobalID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-06', @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:URIUniversalCommunication/ram:URIID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-07', @schemeID = ($eas, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>

  <xsl:template match="ram:ShipToTradeParty/ram:GlobalID[$is-extension][@schemeID]" mode="rules">
    <xsl:sequence select="x:demand('BR-DEX-08', @schemeID = ($icd, $own-schemes), .)"/>
    <xsl:next-match/>
  </xsl:template>
</xsl:stylesheet>
