"""What stands around the content of the page: frame, style, and the sentence while nothing is filed."""

__all__ = ["EMPTY", "FRAME", "STYLE"]

STYLE = """
:root { color-scheme: light; --line: #d5d9de; --ink: #1b1f24; --soft: #57606a; --link: #0b57a4; }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: var(--ink); background: #f5f6f8; }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; } h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
a { color: var(--link); } small, .line, dt { color: var(--soft); }
.mark { background: #fff3cd; border-left: .4rem solid #b58100; padding: .5rem 1rem; margin: .75rem 0 0; }
.faults { background: #fdecea; border-left: .4rem solid #b3261e; padding: .5rem 1rem; margin: 1rem 0; }
.faults h2 { margin-top: 0; } .faults ul { margin: 0; padding-left: 1.2rem; }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin: 0; padding: 0; }
.category { background: #e3ecf7; color: #0b3a6b; border-radius: .25rem; padding: 0 .4rem; }
.line { margin: .1rem 0 .4rem; font-size: .9rem; }
main section > details, article { background: #fff; border: 1px solid var(--line); border-radius: .4rem; }
details { margin: .5rem 0; } main section > details { padding: .6rem 1rem; }
article { padding: .75rem 1rem; margin: .5rem 0; }
details details, details article { margin-left: 1rem; }
article details { margin-left: 0; } summary { cursor: pointer; overflow-wrap: anywhere; }
.facts { padding: .25rem 0 0 1rem; }
dl { margin: 0; display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .1rem 1rem;
  font-size: .9rem; }
dd { margin: 0; overflow-wrap: anywhere; } ol { margin: .25rem 0; }
li { overflow-wrap: anywhere; }
.wide { overflow-x: auto; background: #fff; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); }
:target { outline: .2rem solid #b58100; }
@media (min-width: 60rem) { article dl { grid-template-columns: repeat(2, minmax(9rem, max-content) 1fr); } }
@media (max-width: 32rem) {
  header, main { padding: .75rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .3rem; }
  details details, details article { margin-left: .25rem; } .facts { padding-left: .25rem; }
}
"""

EMPTY = "<p>Noch ist nichts abgelegt. Sobald der Posteingang ein Dokument ablegt, erscheint es hier.</p>"

FRAME = """<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name} – Testsystem</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{name}</h1>
<p class="mark"><strong>Testsystem – keine echte Ablage</strong></p>
</header>
<main>{content}</main>
</body>
</html>
"""
