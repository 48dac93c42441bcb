import { assignColours } from '../../functions/src/masks/palette.ts'
import type { AccuracyTotals } from './accuracy.ts'
import { dollars, duration, percent, plural, whole } from './format.ts'
import { Html, html } from './html.ts'
import { CONTENT_POLICY, STYLE } from './page-style.ts'
import { type FoundObject, type PhotoResult, STEP_NAMES, type StepResult } from './run-file.ts'
import { isComplete, type Spread } from './totals.ts'

// Parts that the report of one run and the comparison of two share.

export function page(title: string, header: Html, main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>${header}</header>
<main>${main}</main>
<footer class="soft">Firesight evaluation. docs/eval.md explains the figures. The data of this page are in run.json.</footer>
</body>
</html>
`.text
}

type Cell = Html | string

/**
 * @param label unique on the page, for screen readers
 * @param textColumns the number of columns that hold text. The columns after them hold figures
 */
export function table(
  label: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  textColumns = 1,
): Html {
  const css = (index: number) => (index >= textColumns ? html` class="n"` : undefined)
  const cells = (row: readonly Cell[]) =>
    row.map((cell, index) =>
      index === 0 ? html`<th scope="row">${cell}</th>` : html`<td${css(index)}>${cell}</td>`,
    )
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${head.map((cell, index) => html`<th scope="col"${css(index)}>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody>
</table></div>`
}

export function figures(entries: readonly [label: string, value: string, note?: string][]): Html {
  return html`<ul class="figures">${entries.map(
    ([label, value, note]) =>
      html`<li><span class="soft">${label}</span><strong>${value}</strong>${note && html`<span class="soft">${note}</span>`}</li>`,
  )}</ul>`
}

export function spreadFigure(
  label: string,
  spread: Spread | undefined,
  format: (value: number) => string,
): [string, string, string] {
  if (!spread) return [label, '–', 'not measured']
  return [label, format(spread.median), `median; 95th percentile ${format(spread.p95)}`]
}

export function accuracyFigures(accuracy: AccuracyTotals): [string, string, string][] {
  const { matched, found, expected, labelled, maskIous } = accuracy
  const missing = maskIous.filter((iou) => iou === 0).length
  return [
    ['Precision, IoU 0.5', percent(accuracy.precision), `${matched} of ${found} found objects`],
    ['Recall, IoU 0.5', percent(accuracy.recall), `${matched} of ${expected} drawn objects`],
    ['Right label', percent(accuracy.labelShare), `${labelled} of ${matched} matched objects`],
    ['Mean mask IoU', accuracy.meanMaskIou?.toFixed(3) ?? '–', `${missing} without a mask, counted as 0`],
  ]
}

export function statusBadge(photo: PhotoResult): Html {
  return html`<span class="status ${isComplete(photo) ? 'good' : 'bad'}">${photo.status}</span>`
}

/** The photo with its masks and numbered boxes. */
export function stage(photo: PhotoResult, folder = ''): Html {
  const { image, picture, overlay, objects = [], truth = [], name } = photo
  if (!image) return html`<div class="none soft">No picture: the file was not accepted or not run.</div>`
  const colours = coloursOf(objects)
  const { width, height } = image
  const rect = ({ box }: { box: FoundObject['box'] }, css: string, stroke?: string) =>
    html`<rect class="${css}" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}"${
      stroke ? html` stroke="${stroke}"` : undefined
    }/>`
  const left = (x: number) => ((x / width) * 100).toFixed(2)
  const top = (y: number) => ((y / height) * 100).toFixed(2)
  return html`<div class="stage" style="aspect-ratio:${width}/${height};max-width:${Math.round((640 * width) / height)}px">
${picture ? html`<img src="${folder}${picture}" alt="${name}" loading="lazy">` : html`<span class="none soft">No picture: this format is not decoded.</span>`}
${overlay && html`<img class="overlay" src="${folder}${overlay}" alt="" loading="lazy">`}
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
${truth.map((one) => rect(one, 'truth'))}
${objects.map((one, index) => [rect(one, 'halo'), rect(one, 'box', colours[index])]).flat()}
</svg>
${objects.map(({ box }, index) => html`<b aria-hidden="true" style="left:${left(box.x)}%;top:${top(box.y)}%">${index + 1}</b>`)}
</div>`
}

export function coloursOf(objects: readonly FoundObject[]): string[] {
  return assignColours(objects.map(({ label }) => label)).map((rgb) => `rgb(${rgb.join(' ')})`)
}

export function objectList({ objects, truth }: PhotoResult): Html {
  if (!objects) return html`<p class="bad">Unknown: the locate step has no result.</p>`
  if (objects.length === 0) return html`<p>The model reported no objects.</p>`
  const colours = coloursOf(objects)
  return html`<ol class="objects">${objects.map(
    ({ label, areaPixels, maskReason }, index) =>
      html`<li><span class="chip" style="background:${colours[index]}"></span>${index + 1} <span class="text">${label}</span>${
        areaPixels === undefined && html` <span class="bad">no mask${maskReason && ` (${maskReason})`}</span>`
      }</li>`,
  )}</ol>${truth && html`<p class="soft">${plural(truth.length, 'drawn object')} (dashed)</p>`}`
}

export function droppedText({ dropped }: PhotoResult): string {
  const reasons = Object.entries(dropped?.reasons ?? {}).map(([reason, count]) => `${count} × ${reason}`)
  return reasons.length > 0 ? reasons.join(', ') : 'nothing'
}

export function stepTable({ steps, name: photo }: PhotoResult): Html {
  const rows = STEP_NAMES.map((name) => {
    const step = steps[name]
    const { tokens } = step
    return [
      name,
      stateOf(step),
      tokens ? `${whole(tokens.input)} + ${whole(tokens.output)}` : '–',
      step.usd === undefined ? (tokens ? 'unknown' : '–') : dollars(step.usd),
      duration(step.ms),
      String(step.requests),
    ]
  })
  const head = ['Step', 'Result', 'Tokens in + out', 'Cost', 'Time', 'Requests']
  return table(`Steps of ${photo}`, head, rows, 2)
}

function stateOf({ state, answer, error }: StepResult): Html {
  if (state === 'failed') return html`<span class="bad">failed${error && `: ${error.code}`}</span>`
  if (state === 'not-run') return html`<span class="bad">not run</span>`
  return answer === 'salvaged'
    ? html`<span class="bad">salvaged from a damaged answer</span>`
    : html`succeeded`
}
