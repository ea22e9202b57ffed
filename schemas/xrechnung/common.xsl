<?xml version="1.0" encoding="UTF-8"?>
<!-- What both syntaxes share: the report, the code lists, and tests on values. Facts: XRechnung 3.0, EN 16931-1. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:x="urn:posteingang:xrechnung"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl" exclude-result-prefixes="xs x">

  <xsl:output method="xml" encoding="UTF-8"/>
  <xsl:mode name="rules" on-no-match="deep-skip"/>
  <xsl:key name="rule" match="rule" use="@id"/>
  <!-- Static: read once, when the sheet is compiled, and not again for every document that has findings. -->
  <xsl:variable name="table" select="doc('rules.xml')" static="yes"/>

  <xsl:variable name="cius" select="'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0'"/>
  <xsl:variable name="extension" select="$cius || '#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0'"/>
  <xsl:variable name="cvd" select="$cius || '#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9'"/>

  <xsl:variable name="type-codes" select="'326', '380', '381', '384', '389', '875', '876', '877'"/>
  <xsl:variable name="taxed" select="'S', 'Z', 'E', 'AE', 'K', 'G', 'L', 'M'"/>
  <xsl:variable name="own-schemes" select="'XR01', 'XR02', 'XR03'"/>
  <!-- ISO 6523 international code designators: 0002 to 0248 with these gaps. -->
  <xsl:variable name="icd" select="for $n in (2 to 248)[not(. = (92, 103, 181, 182))] return format-number($n, '0000')"/>
  <!-- Electronic address schemes (EAS). -->
  <xsl:variable name="eas" select="tokenize('0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154
    0158 0170 0177 0183 0184 0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209
    0210 0211 0212 0213 0215 0216 0217 0218 0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914
    9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940
    9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 AN AQ AS AU EM')"/>
  <!-- UNTDID 7143, item type identification codes. -->
  <xsl:variable name="item-schemes" select="tokenize('AA AB AC AD AE AF AG AH AI AJ AK AL AM AN AO AP AQ AR AS AT AU AV
    AW AX AY AZ BA BB BC BD BE BF BG BH BI BJ BK BL BM BN BO BP BQ BR BS BT BU BV BW BX BY BZ CC CG CL CR CV DR DW EC
    EF EMD EN FS GB GMN GN GS HS IB IN IS IT IZ MA MF MN MP NB ON PD PL PO PPI PV QS RC RN RU RY SA SG SK SN SRS SRT
    SRU SRV SRW SRX SRY SRZ SS SSA SSB SSC SSD SSE SSF SSG SSH SSI SSJ SSK SSL SSM SSN SSO SSP SSQ SSR SSS SST SSU SSV
    SSW SSX SSY SSZ ST STA STB STC STD STE STF STG STH STI STJ STK STL STM STN STO STP STQ STR STS STT STU STV STW STX
    STY STZ SUA SUB SUC SUD SUE SUF SUG SUH SUI SUJ SUK SUL SUM TG TSN TSO TSP TSQ TSR TSS TST TSU UA UP VN VP VS VX
    ZZZ')"/>
  <xsl:variable name="attachment-types" select="'application/pdf', 'image/png', 'image/jpeg', 'text/csv',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.oasis.opendocument.spreadsheet', 'application/xml'"/>

  <xsl:template match="/">
    <svrl:schematron-output title="XRechnung 3.0" schemaVersion="3.0.2">
      <xsl:apply-templates select="descendant::*" mode="rules"/>
    </svrl:schematron-output>
  </xsl:template>

  <!-- The rule spoke: one entry of the report. -->
  <xsl:function name="x:fail">
    <xsl:param name="id" as="xs:string"/>
    <xsl:param name="place" as="node()"/>
    <xsl:variable name="rule" select="key('rule', $id, $table)"/>
    <svrl:failed-assert id="{$id}" flag="{$rule/@flag}" location="{path($place)}" test="{$id}">
      <svrl:text xml:lang="de"><xsl:value-of select="$rule/de"/></svrl:text>
    </svrl:failed-assert>
  </xsl:function>

  <!-- The rule speaks unless the test holds. -->
  <xsl:function name="x:demand">
    <xsl:param name="id" as="xs:string"/>
    <xsl:param name="holds" as="xs:boolean"/>
    <xsl:param name="place" as="node()"/>
    <xsl:if test="not($holds)"><xsl:sequence select="x:fail($id, $place)"/></xsl:if>
  </xsl:function>

  <!-- At least one of the nodes says something. -->
  <xsl:function name="x:given" as="xs:boolean">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:sequence select="some $node in $nodes satisfies normalize-space($node) != ''"/>
  </xsl:function>

  <!-- The first of the nodes, for schemas that allow several where the standard knows one. -->
  <xsl:function name="x:text" as="xs:string">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:sequence select="normalize-space($nodes[1])"/>
  </xsl:function>

  <!-- ISO 13616: two capitals, check digits, up to 30 capitals and digits; the whole modulo 97 is 1. White space is
       ignored, small letters are not of the standard. -->
  <xsl:function name="x:iban" as="xs:boolean">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:variable name="account" select="replace(string($nodes[1]), '\s', '')"/>
    <xsl:sequence select="if (matches($account, '^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$')) then x:mod97($account) = 1 else false()"/>
  </xsl:function>

  <xsl:function name="x:mod97" as="xs:integer">
    <xsl:param name="account" as="xs:string"/>
    <xsl:variable name="digits" select="string-join(
      for $c in string-to-codepoints(substring($account, 5) || substring($account, 1, 4))
      return if ($c ge 65) then $c - 55 else $c - 48)"/>
    <xsl:sequence select="xs:integer(xs:integer($digits) mod 97)"/>
  </xsl:function>

  <!-- Lines that begin with '#' follow the notation, and the last of them is closed by a line feed. -->
  <xsl:function name="x:discounts" as="xs:boolean">
    <xsl:param name="terms" as="xs:string"/>
    <xsl:variable name="lines" select="tokenize($terms, '\r?\n')"/>
    <xsl:variable name="marked" select="$lines[starts-with(normalize-space(.), '#')]"/>
    <xsl:sequence select="(every $line in $marked satisfies matches(normalize-space($line),
      '^#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#$'))
      and not(starts-with(normalize-space($lines[last()]), '#'))"/>
  </xsl:function>

  <xsl:function name="x:mail" as="xs:boolean">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:sequence select="matches(x:text($nodes), '^[^@\s]+@([^@.\s]+\.)+[^@.\s]+$')"/>
  </xsl:function>

  <xsl:function name="x:phone" as="xs:boolean">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:sequence select="string-length(replace(x:text($nodes), '[^0-9]', '')) ge 3"/>
  </xsl:function>

  <xsl:function name="x:address" as="xs:boolean">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:sequence select="matches(x:text($nodes), '^[A-Za-z][A-Za-z0-9+.\-]*:.+')"/>
  </xsl:function>

  <!-- The amount is the computed one, with the tolerance of the currency; a difference of just that much is near. -->
  <xsl:function name="x:near" as="xs:boolean">
    <xsl:param name="found" as="node()*"/>
    <xsl:param name="computed" as="xs:decimal"/>
    <xsl:param name="currency" as="xs:string"/>
    <xsl:sequence select="abs(x:number($found) - $computed) le (if ($currency = 'HUF') then 0.5 else 0.02)"/>
  </xsl:function>

  <!-- An amount in either currency, and of one sign; 0 goes with both. -->
  <xsl:function name="x:same-sign" as="xs:boolean">
    <xsl:param name="one" as="node()*"/>
    <xsl:param name="other" as="node()*"/>
    <xsl:sequence select="some $a in $one, $b in $other satisfies x:number($a) * x:number($b) ge 0"/>
  </xsl:function>

  <!-- Dates in order: of UBL, or as eight digits of CII. Where one is missing there is no order to break. -->
  <xsl:function name="x:in-order" as="xs:boolean">
    <xsl:param name="first" as="node()*"/>
    <xsl:param name="then" as="node()*"/>
    <xsl:variable name="a" select="x:text($first)"/>
    <xsl:variable name="b" select="x:text($then)"/>
    <xsl:sequence select="$a = '' or $b = ''
      or (if ($a castable as xs:date and $b castable as xs:date) then xs:date($a) le xs:date($b) else $a le $b)"/>
  </xsl:function>

  <!-- A decimal, 0 for what is missing or no number. -->
  <xsl:function name="x:number" as="xs:decimal">
    <xsl:param name="nodes" as="node()*"/>
    <xsl:variable name="text" select="x:text($nodes)"/>
    <xsl:sequence select="if ($text castable as xs:decimal) then xs:decimal($text) else 0"/>
  </xsl:function>
</xsl:stylesheet>
