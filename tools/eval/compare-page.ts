import { totalAccuracy } from './accuracy.ts'
import { dollars, duration, percent, plural, whole } from './format.ts'
import { type Html, html } from './html.ts'
import { type Matches, matchObjects } from './matching.ts'
import { droppedText, objectList, page, stage, statusBadge, table } from './page-parts.ts'
import { problemOf } from './progress.ts'
import { settingsOf } from './report-page.ts'
import type { FoundObject, PhotoResult, Run } from './run-file.ts'
import { isComplete, tokensOf, totalsOf, usdOf } from './totals.ts'

const CHANGE = 'B compared with A'

type Objects = Matches<FoundObject, FoundObject>

/** The folders of the pictures, relative to the page, with a slash at the end. */
export type PictureFolders = { a: string; b: string }

/** A report of two runs, photo by photo. Photos are paired by name. */
export function comparePage(a: Run, b: Run, folders: PictureFolders): string {
  const others = new Map(b.photos.map((photo) => [photo.name, photo]))
  const names = new Set(a.photos.map(({ name }) => name))
  const pairs = a.photos.flatMap((photo) => {
    const other = others.get(photo.name)
    return other ? [{ a: photo, b: other, objects: compareObjects(photo, other) }] : []
  })
  const onlyA = a.photos.filter(({ name }) => !others.has(name)).map(({ name }) => name)
  const onlyB = b.photos.filter(({ name }) => !names.has(name)).map(({ name }) => name)
  const title = `A: ${a.name}, B: ${b.name}`
  const header = html`<h1>Comparison of two runs</h1>
<p>A: <strong>${a.name}</strong> <span class="soft">${a.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${a.source}</span></p>
<p>B: <strong>${b.name}</strong> <span class="soft">${b.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${b.source}</span></p>
${[a, b].some(({ model }) => model.local) && html`<p class="notice">A local Gemini API answered in ${a.model.local && b.model.local ? 'both runs' : a.model.local ? 'run A' : 'run B'}. Its answers say nothing about the quality of a model.</p>`}`
  const main = html`<h2>Totals</h2>
<p>${sharedText(pairs.length, a, b)}</p>
${pairs.length > 0 && totalsTable(pairs)}
<p>${summary(pairs.flatMap(({ objects }) => objects ?? []))}</p>
${onlyA.length > 0 && html`<p class="bad text">Photos only in A: ${onlyA.join(', ')}</p>`}
${onlyB.length > 0 && html`<p class="bad text">Photos only in B: ${onlyB.join(', ')}</p>`}
<h2>Settings</h2>${settingsTable(a, b)}
<h2>Photos</h2>
${pairs.length === 0 && html`<p class="bad">No photo has the same name in both runs.</p>`}
${pairs.map((pair, index) => card(pair, index, folders))}`
  return page(title, header, main)
}

/** Sums over different photos cannot be compared. */
function sharedText(shared: number, a: Run, b: Run): string {
  if (shared === a.photos.length && shared === b.photos.length)
    return `Of all ${plural(shared, 'photo')}: both runs have the same.`
  return `Of the ${plural(shared, 'photo')} that both runs have. A has ${plural(a.photos.length, 'photo')}, B has ${whole(b.photos.length)}; the others do not count here.`
}

/** Undefined if one run has no objects of this photo. */
function compareObjects(a: PhotoResult, b: PhotoResult): Objects | undefined {
  return a.objects && b.objects && matchObjects(a.objects, b.objects)
}

function summary(all: readonly Objects[]): string {
  const sum = (of: (objects: Objects) => number) => all.reduce((total, objects) => total + of(objects), 0)
  const renamed = sum(({ pairs }) => pairs.filter(({ sameLabel }) => !sameLabel).length)
  const both = sum(({ pairs }) => pairs.length)
  return (
    `Objects in ${plural(all.length, 'photo')} with objects in both runs: ${both} in both (${renamed} with another label), ` +
    `${sum(({ onlyA }) => onlyA.length)} only in A, ${sum(({ onlyB }) => onlyB.length)} only in B.`
  )
}

type Row = [name: string, a: number | undefined, b: number | undefined, format: (value: number) => string]

function totalsTable(pairs: readonly PhotoPair[]): Html {
  const [photosA, photosB] = [pairs.map(({ a }) => a), pairs.map(({ b }) => b)]
  const [left, right] = [totalsOf(photosA), totalsOf(photosB)]
  const [drawnA, drawnB] = [totalAccuracy(photosA), totalAccuracy(photosB)]
  const accuracy: Row[] =
    drawnA && drawnB
      ? [
          ['Precision, IoU 0.5', drawnA.precision, drawnB.precision, percent],
          ['Recall, IoU 0.5', drawnA.recall, drawnB.recall, percent],
          ['Right label', drawnA.labelShare, drawnB.labelShare, percent],
          ['Mean mask IoU', drawnA.meanMaskIou, drawnB.meanMaskIou, (value) => value.toFixed(3)],
        ]
      : []
  const rows: Row[] = [
    ...accuracy,
    ['Photos', left.photos, right.photos, whole],
    ['Complete', left.complete, right.complete, whole],
    ['Objects', left.objects, right.objects, whole],
    ['Dropped objects', left.droppedObjects, right.droppedObjects, whole],
    ['Requests', left.requests, right.requests, whole],
    ['Tokens per photo, median', left.tokensPerPhoto?.median, right.tokensPerPhoto?.median, whole],
    ['Cost per 1,000 photos', left.usdPer1000, right.usdPer1000, dollars],
    ['Time per photo, median', left.ms.total?.median, right.ms.total?.median, duration],
    ['Time per photo, 95th percentile', left.ms.total?.p95, right.ms.total?.p95, duration],
    ['Describe, median', left.ms.describe?.median, right.ms.describe?.median, duration],
    ['Locate, median', left.ms.locate?.median, right.ms.locate?.median, duration],
  ]
  return table('Totals', ['Figure', 'A', 'B', CHANGE], rows.map(cellsOf))
}

function cellsOf([name, a, b, format]: Row): string[] {
  const show = (value: number | undefined) => (value === undefined ? '–' : format(value))
  return [name, show(a), show(b), change(a, b)]
}

/** How much larger B is. */
export function change(a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined) return '–'
  if (a === b) return 'same'
  if (a === 0) return 'new'
  const share = ((b - a) / a) * 100
  return `${share > 0 ? '+' : '−'}${Math.abs(share).toFixed(Math.abs(share) < 10 ? 1 : 0)} %`
}

function settingsTable(a: Run, b: Run): Html {
  const [left, right] = [new Map(settingsOf(a)), new Map(settingsOf(b))]
  const rows = [...new Set([...left.keys(), ...right.keys()])].map((name) => {
    const [one, two] = [left.get(name) ?? '–', right.get(name) ?? '–']
    return [name, one, two, one === two ? 'same' : html`<strong>differs</strong>`]
  })
  return table('Settings', ['Setting', 'A', 'B', CHANGE], rows, 4)
}

type PhotoPair = { a: PhotoResult; b: PhotoResult; objects: Objects | undefined }

function card({ a, b, objects }: PhotoPair, index: number, folders: PictureFolders): Html {
  const otherFile = a.sha256 !== b.sha256 && a.sha256 !== undefined && b.sha256 !== undefined
  const rows: Row[] = [
    ['Tokens', tokensOf(a), tokensOf(b), whole],
    ['Cost', usdOf(a), usdOf(b), dollars],
    ['Time', a.timingsMs.total, b.timingsMs.total, duration],
    ['Describe', a.steps.describe.ms, b.steps.describe.ms, duration],
    ['Locate', a.steps.locate.ms, b.steps.locate.ms, duration],
  ]
  return html`<article class="photo two" aria-labelledby="pair-${index + 1}">
<div class="wide head"><h3 id="pair-${index + 1}">${a.name}</h3>${otherFile && html`<span class="bad">The file differs between the runs.</span>`}</div>
${side('A', a, folders.a)}
${side('B', b, folders.b)}
<div class="wide">${objects && differences(objects)}
${table(`Figures of ${a.name}`, ['Figure', 'A', 'B', CHANGE], rows.map(cellsOf))}</div>
</article>`
}

function side(letter: string, photo: PhotoResult, folder: string): Html {
  const { caption, altText, labels } = photo
  return html`<div>
${stage(photo, folder)}
<p><strong>${letter}</strong> ${statusBadge(photo)}</p>
${!isComplete(photo) && html`<p class="bad text">${problemOf(photo)}</p>`}
<dl>
<dt>Caption</dt><dd class="text">${caption ?? '–'}</dd>
<dt>Alt text</dt><dd class="text">${altText ?? '–'}</dd>
<dt>Labels</dt><dd class="text">${labels?.join(', ') ?? '–'}</dd>
<dt>Objects</dt><dd>${objectList(photo)}</dd>
<dt>Dropped</dt><dd>${droppedText(photo)}</dd>
</dl>
</div>`
}

function differences({ pairs, onlyA, onlyB }: Objects): Html {
  const renamed = pairs.filter(({ sameLabel }) => !sameLabel)
  if (renamed.length + onlyA.length + onlyB.length === 0)
    return html`<p>Both runs found the same objects${pairs.length > 0 && ` (box IoU ${mean(pairs.map(({ iou }) => iou)).toFixed(2)})`}.</p>`
  return html`<p class="text flow">${plural(pairs.length, 'object')} in both runs.
${renamed.map(({ a, b }) => html`Other label: <del>${a.label}</del> <ins>${b.label}</ins>. `)}
${onlyA.length > 0 && html`Only in A: ${onlyA.map(({ label }) => html`<del>${label}</del>`)}. `}
${onlyB.length > 0 && html`Only in B: ${onlyB.map(({ label }) => html`<ins>${label}</ins>`)}.`}</p>`
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
