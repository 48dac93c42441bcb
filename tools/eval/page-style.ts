import { Html } from './html.ts'

/** A report has no scripts: answers of models and file names are text in it. */
export const CONTENT_POLICY = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"

export const STYLE = new Html(`
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a4150); --soft: light-dark(#5a6272, #a5aec0);
  --panel: light-dark(#fff, #1b2029); --bad: light-dark(#a61b1b, #ff9b93); --good: light-dark(#1b6b33, #7fd99a);
  --mark: light-dark(#fff3cd, #4a3d12); }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#f5f6f8, #12151b); color: light-dark(#1c2330, #e7eaf0) }
main, header, footer { max-width: 1240px; margin: 0 auto; padding: 8px 24px }
h1 { font-size: 26px; line-height: 1.25; margin: 8px 0 } h2 { font-size: 19px; margin: 20px 0 8px } h3 { font-size: 16px; margin: 0; overflow-wrap: anywhere }
p { margin: 6px 0 } a { color: light-dark(#1a56b0, #8ab4f8) }
.soft { color: var(--soft) } .bad { color: var(--bad) } .good { color: var(--good) }
.text { unicode-bidi: isolate; overflow-wrap: anywhere; white-space: pre-line } .text.flow { white-space: normal }
.notice { background: var(--mark); border-radius: 8px; padding: 10px 14px }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 4px 18px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.n, th.n { text-align: right } td.n { white-space: nowrap } tr:last-child > * { border-bottom: 0 } th { font-weight: 600; overflow-wrap: break-word }
summary { cursor: pointer; padding: 6px 0; font-weight: 600 }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(240px, 100%), 1fr)); gap: 12px; margin: 12px 0; padding: 0; list-style: none }
.figures li { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px }
.figures strong { display: block; font-size: 21px; line-height: 1.3 }
.photo { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 16px; margin: 14px 0; display: grid; gap: 20px;
  grid-template-columns: minmax(0, 5fr) minmax(0, 6fr) }
.photo.two { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) } .photo > .wide { grid-column: 1 / -1 }
.head { display: flex; gap: 4px 14px; align-items: baseline; flex-wrap: wrap }
.status { border: 1px solid currentcolor; border-radius: 99px; padding: 0 10px; font-size: 13px }
.stage { position: relative; max-height: 640px; margin: 0 auto; background: light-dark(#e9ebef, #0b0d11) }
.stage img, .stage svg { position: absolute; inset: 0; width: 100%; height: 100% }
.stage .overlay { opacity: .9; image-rendering: pixelated }
.stage rect { fill: none; vector-effect: non-scaling-stroke; stroke-width: 2 } .stage .halo { stroke: #000; stroke-width: 4; opacity: .55 }
.stage .truth { stroke: #fff; stroke-dasharray: 5 4; stroke-width: 1.5 }
.stage b { position: absolute; font: 600 12px/16px system-ui, sans-serif; min-width: 16px; padding: 0 4px; text-align: center; border-radius: 0 0 4px; background: #000c; color: #fff }
.none { display: grid; place-items: center; min-height: 120px; padding: 12px; text-align: center; background: light-dark(#e9ebef, #0b0d11); border-radius: 6px }
.objects { list-style: none; padding: 0; margin: 4px 0; display: flex; flex-wrap: wrap; gap: 4px 16px }
.chip { display: inline-block; width: 11px; height: 11px; border-radius: 3px; border: 1px solid #0006; margin-right: 5px }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 14px; margin: 8px 0 } dt { color: var(--soft) } dd, dd > p { margin: 0 }
del, ins { text-decoration: none; border-radius: 4px; padding: 0 4px } del { background: light-dark(#fbdcdc, #5a2323) } ins { background: light-dark(#d8f2df, #1f4a2d) }
@media (max-width: 820px) { .photo, .photo.two { grid-template-columns: minmax(0, 1fr) } main, header, footer { padding: 12px } }
@media print { .photo { break-inside: avoid } }
`)
