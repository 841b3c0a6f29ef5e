"""The copy of what is stored about a person as one page of HTML: complete in itself, to be read and printed."""

from __future__ import annotations

from bot.exports.log_html import plain
from bot.exports.page_style import environment
from bot.service.my_copy import Copy

_PAGE = """\
{% macro fields(item) %}
{% if item.fields %}
<dl>
{% for one in item.fields if one.said and not (one.key == "seen_by" and item.group) %}
<dt>{{ one.name }}</dt><dd dir="auto">{{ one.said | plain }}</dd>
{% endfor %}
</dl>
{% endif %}
{% endmacro %}
<!doctype html>
<html lang="{{ copy.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{{ copy.title | plain }}</title>
<style>
{% set widest, soft_printed = "50rem", "#fff" %}
{% include "screen.css" %} h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
h3, h4 { font-size: 1rem; margin: 1.5rem 0 .25rem; } h4 { margin: 1rem 0 0; }
dl { display: grid; grid-template-columns: minmax(8rem, 12rem) 1fr; gap: .1rem 1rem; margin: .25rem 0 1rem; }
dt { color: var(--ink); opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
article { background: var(--soft); padding: .25rem 1rem; margin: 1rem 0; } article article { padding: 0; margin: 0; }
summary { cursor: pointer; padding: .5rem 0; overflow-wrap: anywhere; }
details.one { border-bottom: 1px solid var(--line); }
h3 { font-weight: 600; } h3 span { font-weight: 400; opacity: .75; }
@page { size: A4; margin: 15mm; }
@media print { details::details-content { content-visibility: visible; block-size: auto; display: block; }
  details:not([open]) > :not(summary) { display: block; } summary { list-style: none; font-weight: 600; }
  {%+ include "print.css" %} dl { break-inside: avoid; } }
</style>
</head>
<body>
<main>
<h1 dir="auto">{{ copy.title | plain }}</h1>
{% for line in copy.intro %}
<p>{{ line | plain }}</p>
{% endfor %}
<nav><ul>
{% for section in copy.sections if section.items %}
<li><a href="#{{ section.key }}">{{ section.title }}</a> ({{ section.items | length }})</li>
{% endfor %}
</ul></nav>
{% for section in copy.sections if section.items %}
<section id="{{ section.key }}">
<h2>{{ section.title }}</h2>
{% set long = section.items | length > 5 and section.key != "debriefs" %}
{% if long %}<details><summary>{{ copy.shown }} ({{ section.items | length }})</summary>{% endif %}

{% for item in section.items %}
{% if item.title %}
<details class="one"><summary dir="auto">{{ item.title | plain }}</summary>
{% else %}
<article>
{% endif %}
{{ fields(item) }}
{% for group, parts in item.grouped %}
{% if group %}<h3><span>{{ copy.seen }}:</span> {{ group }}</h3>{% endif %}

{% for part in parts %}
<h4 dir="auto">{{ part.title | plain }}</h4>
{{ fields(part) }}
{% endfor %}
{% endfor %}
{% if item.title %}</details>{% else %}</article>{% endif %}

{% endfor %}
{% if long %}</details>{% endif %}

</section>
{% endfor %}
{% for section in copy.sections if not section.items %}
{% if loop.first %}<p>{{ copy.empty }} {% endif %}
{{ section.title[:1] | lower }}{{ section.title[1:] }}{{ "." if loop.last else "; " }}
{% if loop.last %}</p>{% endif %}
{% endfor %}
</main>
</body>
</html>
"""


def html_text(copy: Copy) -> str:
    """The page. Whatever people wrote stands there as text; nothing is asked of any other place."""
    made = environment()
    made.filters["plain"] = plain
    return "".join(made.from_string(_PAGE).generate(copy=copy)).lstrip()
