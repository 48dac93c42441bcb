import type { Box } from '../document/box.ts'
import { MaskTooComplex } from './mask-budget.ts'

/**
 * A mask as horizontal runs of pixels in a box. `spans` holds [row, start, end] triples in pixels of the box:
 * rows ascending, runs of a row from left to right with gaps between them, `end` exclusive. The memory
 * depends on the length of the outline, not on the area.
 */
export type MaskRuns = { box: Box; spans: Int32Array; areaPixels: number }

/**
 * The most runs of one mask, 3 MiB: 43 in each row of a box 6,000 pixels high. Objects have a few per row;
 * stripes and noise have more, and an attacker could repeat them for every object of an answer.
 */
export const MAX_RUNS = 2 ** 18

/** Collects runs row by row, clipped to the box. */
export class RunBuilder {
  private readonly box: Box
  private spans: Int32Array
  private length = 0
  private areaPixels = 0

  constructor(box: Box) {
    this.box = box
    this.spans = new Int32Array(3 * Math.min(box.height + 64, MAX_RUNS))
  }

  /** @throws MaskTooComplex beyond `MAX_RUNS` */
  add(row: number, start: number, end: number): void {
    const from = Math.max(start, 0)
    const to = Math.min(end, this.box.width)
    if (to <= from) return
    if (this.length === this.spans.length) this.grow()
    this.spans[this.length++] = row
    this.spans[this.length++] = from
    this.spans[this.length++] = to
    this.areaPixels += to - from
  }

  done(): MaskRuns {
    return { box: this.box, spans: this.spans.slice(0, this.length), areaPixels: this.areaPixels }
  }

  private grow(): void {
    if (this.length >= 3 * MAX_RUNS) throw tooManyRuns()
    const larger = new Int32Array(Math.min(this.spans.length * 2, 3 * MAX_RUNS))
    larger.set(this.spans)
    this.spans = larger
  }
}

export function tooManyRuns(): MaskTooComplex {
  return new MaskTooComplex(`it has more than ${MAX_RUNS} runs`)
}
