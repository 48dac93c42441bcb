import { describe, expect, it } from 'vitest'
import { comparePage } from '../../../tools/eval/compare-page.ts'
import { html } from '../../../tools/eval/html.ts'
import { progressLine } from '../../../tools/eval/progress.ts'
import { reportPage } from '../../../tools/eval/report-page.ts'
import { type PhotoResult } from '../../../tools/eval/run-file.ts'
import { withDetector } from '../../../tools/eval/target.ts'
import { FAILED, object, photo, runOf } from './eval-runs.ts'

describe('pages', () => {
  const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`

  it('escape every text', () => {
    expect(html`<p title="${EVIL}">${EVIL}</p>`.text).not.toMatch(/<script|<img|title=""/)
    const evil = photo(EVIL, {
      caption: EVIL,
      altText: EVIL,
      labels: [EVIL],
      text: EVIL,
      status: EVIL,
      objects: [{ ...object(EVIL, 0), maskReason: EVIL }],
      truth: [object(EVIL, 0)],
      dropped: { objects: 1, reasons: { [EVIL]: 1 } },
      error: { code: EVIL, message: EVIL },
      timingsMs: { [EVIL]: 1 },
      steps: {
        describe: {
          state: 'failed',
          requests: 1,
          model: EVIL,
          promptVersion: EVIL,
          error: { code: EVIL, message: EVIL },
        },
        locate: { state: 'failed', requests: 1 },
      },
    })
    const run = runOf([evil], {
      name: EVIL,
      source: EVIL,
      stopped: EVIL,
      settings: { [EVIL]: EVIL },
      model: { description: EVIL, local: true },
    })
    for (const page of [
      reportPage(run),
      comparePage(run, { ...run, photos: [photo(EVIL)] }, { a: EVIL, b: EVIL }),
    ]) {
      expect(page).toContain('&lt;script&gt;')
      expect(page).not.toMatch(/<script|<img src=x/)
    }
  })

  it('name every photo without a complete result, with the failed step', () => {
    const page = reportPage(runOf([photo('a.jpg'), FAILED]))
    expect(page).toContain('1 photo without a complete result')
    expect(page).toContain('locate failed (answer-unreadable)')
    expect(page).toContain('Unknown: the locate step has no result.')
    expect(progressLine(FAILED, 1, 10)).toBe(
      '[ 1/10] failed.jpg: partial, 1,000 tokens, $0.0100, 100 ms, locate failed (answer-unreadable), answer-unreadable: no list',
    )
  })

  it('show names and messages of a photo as one line without control characters', () => {
    const name = 'a\u001b[31m\n[2/2] b.jpg: succeeded'
    expect(progressLine(photo(name, { status: 'crashed' }), 1, 2)).toMatch(
      /^\[1\/2\] a\?\[31m \[2\/2\] b\.jpg: succeeded: crashed/,
    )
    expect(progressLine(photo(name), 1, 2)).not.toContain('\n')
  })

  it('say whether the detector answered', () => {
    const description = withDetector('a local Gemini API', false)
    expect(reportPage(runOf([], { model: { description, local: true } }))).toContain(
      'a local Gemini API; without its detector: objects are regions of colour',
    )
    expect(withDetector('a local Gemini API', true)).toBe('a local Gemini API; with its detector')
  })

  it('compare objects, texts and figures of photos with the same name', () => {
    const a = runOf([
      photo('a.jpg', { objects: [object('ball', 0), object('cup', 50)] }),
      photo('only-a.jpg'),
    ])
    const b = runOf(
      [photo('a.jpg', { objects: [object('sphere', 1), object('spoon', 80)], sha256: 'other' }), FAILED],
      {
        settings: { MASK_POINTS: '0' },
      },
    )
    const page = comparePage(a, b, { a: 'a/', b: 'b/' })
    expect(page).toContain('1 in both (1 with another label), 1 only in A, 1 only in B')
    expect(page).toMatch(/Other label: <del>ball<\/del> <ins>sphere<\/ins>/)
    expect(page).toMatch(/Only in A: <del>cup<\/del>/)
    expect(page).toMatch(/Only in B: <ins>spoon<\/ins>/)
    expect(page).toContain('Photos only in A: only-a.jpg')
    expect(page).toContain('Photos only in B: failed.jpg')
    expect(page).toMatch(/MASK_POINTS<\/th>\s*<td>24<\/td>\s*<td>0<\/td>\s*<td><strong>differs/)
  })
})

describe('totals of a comparison', () => {
  const folders = { a: 'a/', b: 'b/' }
  const totals = (a: PhotoResult[], b: PhotoResult[]) =>
    comparePage(runOf(a), runOf(b), folders).split('<h2>Settings')[0]!

  it('are over the photos that both runs have', () => {
    const page = totals([photo('a'), photo('b'), photo('c')], [photo('b'), FAILED])
    expect(page).toContain('Of the 1 photo that both runs have. A has 3 photos, B has 2;')
    expect(page).toMatch(/Photos<\/th>\s*<td class="n">1<\/td>\s*<td class="n">1<\/td>/)
    expect(page).toMatch(/Requests<\/th>\s*<td class="n">2<\/td>\s*<td class="n">2<\/td>/)
  })

  it('are over all photos of equal sets', () => {
    expect(totals([photo('a'), photo('b')], [photo('b'), photo('a')])).toContain('Of all 2 photos')
  })

  it('are left out if no photo is in both runs', () => {
    const page = totals([photo('a')], [photo('b')])
    expect(page).toContain('Of the 0 photos')
    expect(page).not.toContain('<table')
  })
})
