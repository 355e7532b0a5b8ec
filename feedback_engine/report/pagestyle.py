"""How the page looks, on a screen and on paper."""

from __future__ import annotations

from feedback_engine.report.styles import BLUE, FONT, INK, LINE, NAVY, PALE_INK, TINT, TONES

_TONES = "".join(f".{tone}{{color:{color}}}" for tone, color in TONES.items())

STYLE = f"""
body{{margin:0;color:{INK};font:14px/1.6 "{FONT}","PingFang SC","Noto Sans CJK SC",sans-serif}}
nav{{position:fixed;top:0;bottom:0;width:11em;overflow:auto;padding:1em;background:{TINT};font-size:13px}}
nav ol{{padding-left:1.6em}} a{{color:{BLUE};text-decoration:none}}
main{{margin-left:14em;padding:1em 2em;max-width:1400px}}
h1,h2,h3{{color:{NAVY};line-height:1.3}} h2{{margin-top:2.5em;border-bottom:2px solid {BLUE}}}
.lead,.muted{{color:{PALE_INK}}}
.wide{{overflow-x:auto}} table{{border-collapse:collapse;font-size:13px}}
th{{background:{NAVY};color:#fff;font-weight:bold;padding:4px 8px;border:1px solid {LINE}}}
td{{padding:3px 8px;border-bottom:1px solid {LINE};max-width:48em;overflow-wrap:break-word}} th{{min-width:3.2em}}
.short{{white-space:nowrap}}
.number{{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}} .centred{{text-align:center}}
.strong td{{font-weight:bold;background:{TINT}}}
mark{{background:none;font-weight:bold}}
.tiles{{display:flex;flex-wrap:wrap;gap:10px}}
.tile{{background:{TINT};border-top:4px solid {BLUE};padding:.4em 1em;flex:1 1 9em}}
.tile p{{margin:.2em 0;color:{PALE_INK};font-size:12px}} .tile .value{{font-size:22px;font-weight:bold}}
.chart{{width:100%;max-width:960px;height:auto;display:block;margin:1em 0}} .chart text{{font-family:inherit}}
{_TONES}
.tile .plain{{color:{NAVY}}}
@page{{size:A4 landscape;margin:10mm}}
@media print{{body{{font-size:11px}} table{{font-size:8.5px}} th,td{{padding:2px 4px}} nav{{display:none}}
main{{margin:0;padding:0;max-width:none}} section{{break-before:page}}
section:first-child{{break-before:auto}} thead{{display:table-header-group}} tr,.chart,.tile{{break-inside:avoid}}
.wide{{overflow:visible}} *{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}}}
@media (max-width:800px){{nav{{position:static;width:auto}} main{{margin:0;padding:1em}}}}
"""
