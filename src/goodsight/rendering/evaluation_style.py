"""The style sheet of the evaluation report; colours are the cards' and one accent."""

from __future__ import annotations

__all__ = ["REPORT_STYLE"]

REPORT_STYLE = """
* { box-sizing: border-box; }
body { background: var(--ground); margin: 0; }
.report { --accent: #3d6f8e; }
@media (prefers-color-scheme: dark) { .report { --accent: #7fb2d1; } }
.report > header, .report main, .report footer { margin: 0 auto; max-width: 1180px;
  padding: 0 clamp(16px, 4vw, 48px); }
.report > header { padding-top: clamp(28px, 5vw, 60px); }
.report h1 { font-size: clamp(26px, 3.4vw, 38px); font-weight: 650; letter-spacing: -.02em;
  line-height: 1.12; margin: 0; overflow-wrap: anywhere; }
.report h2 { font-size: 19px; font-weight: 600; letter-spacing: -.01em; margin: 0 0 16px; }
.report h3 { font-size: 15px; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
.report .lead { color: var(--quiet); margin: 10px 0 0; max-width: 68ch; }
.report .quiet { color: var(--quiet); font-size: 13px; margin: 0; }
.report section { margin-top: 44px; }
.report ul, .report ol { list-style: none; margin: 0; padding: 0; }
.report .tiles { display: grid; gap: 12px;
  grid-template-columns: repeat(auto-fill, minmax(min(168px, 44vw), 1fr)); }
.report .tiles li { background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; display: flex; flex-direction: column; padding: 14px 16px; }
.report .tiles .name { color: var(--quiet); font-size: 13px; }
.report .tiles .value { font-size: 28px; font-weight: 600; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; line-height: 1.25; }
.report .notes { color: var(--quiet); font-size: 13px; margin-top: 14px; }
.report .wide { background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  overflow-x: auto; }
.report table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
.report th, .report td { padding: 8px 16px; text-align: right; white-space: nowrap; }
.report th:first-child { text-align: left; white-space: normal; }
.report thead th { color: var(--quiet); font-size: 12px; font-weight: 500; }
.report tbody tr, .report table > tr { border-top: 1px solid var(--line); }
.report tr th[scope=row] { font-weight: 500; min-width: 8em; overflow-wrap: break-word; }
.report td:has(.bar) { width: 34%; }
.report .reliability { background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; display: block; margin-top: 12px; max-width: 460px; padding: 14px;
  width: 100%; }
.report .misses { display: grid; gap: 16px;
  grid-template-columns: repeat(auto-fill, minmax(min(460px, 100%), 1fr)); }
.report .misses li { background: var(--card); border: 1px solid var(--line);
  align-content: start;
  border-radius: 14px; display: grid; gap: 12px; grid-template-columns: repeat(3, 1fr);
  padding: 16px; }
.report .misses header { grid-column: 1 / -1; }
.report figure { margin: 0; min-width: 0; }
.report figure img, .report figure .none { aspect-ratio: 1; background: var(--well);
  border-radius: 10px; display: block; object-fit: contain; width: 100%; }
.report figure .none { color: var(--quiet); display: grid; font-size: 12px;
  place-items: center; }
.report figcaption { color: var(--quiet); font-size: 12px; line-height: 1.35; margin-top: 6px;
  overflow-wrap: anywhere; }
.report figcaption b { color: var(--ink); display: block; font-weight: 600; }
.report footer { color: var(--quiet); font-size: 13px; padding-bottom: 48px;
  padding-top: 40px; }
@media (max-width: 560px) { .report th, .report td { padding: 8px 10px; } }
@media print { .report section { break-inside: avoid; } }
""".strip()
