import { totalAccuracy } from './accuracy.ts'
import { dollars, duration, plural, whole } from './format.ts'
import { type Html, html } from './html.ts'
import {
  accuracyFigures,
  droppedText,
  figures,
  objectList,
  page,
  spreadFigure,
  stage,
  statusBadge,
  stepTable,
  table,
} from './page-parts.ts'
import { problemOf } from './progress.ts'
import type { PhotoResult, Run } from './run-file.ts'
import { isComplete, totalsOf } from './totals.ts'

/** The report of one run. Every text from files and models is escaped. */
export function reportPage(run: Run): string {
  const { name, photos, model } = run
  const problems = photos.flatMap((photo, index) => (isComplete(photo) ? [] : [{ photo, index }]))
  const header = html`<h1>${name}</h1>
<p class="soft">${run.source}, ${plural(photos.length, 'photo')}, ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC, answered by ${model.description}</p>
${model.local && html`<p class="notice">A local Gemini API answered. It shows how the pipeline works, not how well a model sees. Nothing was billed: costs are those of the configured model for the same tokens.</p>`}
${run.stopped && html`<p class="notice"><strong>The run was stopped.</strong> <span class="text">${run.stopped}</span></p>`}`
  const main = html`${totals(run)}
${
  problems.length > 0 &&
  html`<h2>${plural(problems.length, 'photo')} without a complete result</h2>
<ul>${problems.map(({ photo, index }) => html`<li><a href="#photo-${index + 1}">${photo.name}</a> <span class="text">${photo.status}: ${problemOf(photo)}</span></li>`)}</ul>`
}
<details><summary>Settings and versions of the prompts</summary>${table('Settings', ['Setting', 'Value'], settingsOf(run), 2)}</details>
<h2>Photos</h2>
${photos.map((photo, index) => card(photo, index))}`
  return page(name, header, main)
}

function totals({ photos, model, concurrency }: Run): Html {
  const sum = totalsOf(photos)
  const accuracy = totalAccuracy(photos)
  const { ms } = sum
  const statuses = Object.entries(sum.statuses).map(([status, count]) => `${count} ${status}`)
  return html`<h2>Totals</h2>
${accuracy && figures(accuracyFigures(accuracy))}
${figures([
  ['Complete', `${sum.complete} of ${sum.photos}`, statuses.join(', ')],
  ['Objects', whole(sum.objects), `${sum.droppedObjects} more could not be used`],
  [
    'Cost per 1,000 photos',
    dollars(sum.usdPer1000),
    `${dollars(sum.usd)} for ${plural(sum.answered, 'answered photo')}${model.local ? ', not billed' : ''}`,
  ],
  [
    'Tokens',
    whole(sum.tokens.total),
    `${whole(sum.tokens.input)} in, ${whole(sum.tokens.output)} out, ${plural(sum.requests, 'request')}`,
  ],
  spreadFigure('Tokens per photo', sum.tokensPerPhoto, whole),
  spreadFigure(`Time per photo, ${concurrency} at a time`, ms.total, duration),
  spreadFigure('Time of describe', ms.describe, duration),
  spreadFigure('Time of locate', ms.locate, duration),
])}`
}

/** The settings of a run with the versions of its prompts. */
export function settingsOf({ settings, photos, model }: Run): [string, string][] {
  const distinct = (of: (photo: PhotoResult) => string | undefined) =>
    [...new Set(photos.flatMap((photo) => of(photo) ?? []))].join(', ') || '–'
  return [
    ['Answered by', model.description],
    ['Model of descriptions', distinct(({ steps }) => steps.describe.model)],
    ['Model of objects', distinct(({ steps }) => steps.locate.model)],
    ['Prompt of descriptions', distinct(({ steps }) => steps.describe.promptVersion)],
    ['Prompt of objects', distinct(({ steps }) => steps.locate.promptVersion)],
    ...Object.entries(settings),
  ]
}

function card(photo: PhotoResult, index: number): Html {
  const { image, caption, altText, labels, text, timingsMs } = photo
  const timings = Object.entries(timingsMs).map(([stageName, ms]) => `${stageName} ${duration(ms)}`)
  return html`<article class="photo" id="photo-${index + 1}" aria-labelledby="name-${index + 1}">
<div>${stage(photo)}</div>
<div>
<div class="head"><h3 id="name-${index + 1}">${photo.name}</h3>${statusBadge(photo)}<span class="soft">${image && `${image.width} × ${image.height}`}</span></div>
${!isComplete(photo) && html`<p class="bad text">${problemOf(photo)}</p>`}
<dl>
${caption !== undefined && html`<dt>Caption</dt><dd class="text">${caption}</dd>`}
${altText !== undefined && html`<dt>Alt text</dt><dd class="text">${altText}</dd>`}
${labels && html`<dt>Labels</dt><dd class="text">${labels.join(', ') || 'none'}</dd>`}
${text && html`<dt>Text</dt><dd class="text">${text}</dd>`}
<dt>Objects</dt><dd>${objectList(photo)}</dd>
<dt>Dropped</dt><dd>${droppedText(photo)}</dd>
${timings.length > 0 && html`<dt>Time</dt><dd>${timings.join(', ')}</dd>`}
</dl>
${stepTable(photo)}
</div>
</article>`
}
