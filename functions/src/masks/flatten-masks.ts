import type { Size } from '../document/box.ts'
import type { MaskRuns } from './mask-runs.ts'

/** A mask and the pixel value of its object. */
export type Layer = { mask: MaskRuns; number: number }

/** Receives the pixels of a picture by row, from left to right, as runs of equal values. */
export type RowSink = { beginRow(): void; put(value: number, pixels: number): void; endRow(): void }

// An edge of a run: its column, and its layer in the low byte.
const LAYER_BITS = 8
const LAYER_MASK = (1 << LAYER_BITS) - 1
/** With more edges in a row, the built-in sort is faster than insertion sort. */
const MANY_EDGES = 64

/**
 * The visible pixels of overlapping layers, without painting them: along each row, the edges of runs switch
 * layers on and off, and the top layer that is on gives the value (0 if none is). Takes time in proportion to
 * the number of runs.
 * @param layers the lowest first, at most 256, within the picture
 */
export function flattenMasks(layers: readonly Layer[], { width, height }: Size, sink: RowSink): void {
  const masks = layers.map(({ mask }) => mask)
  const numbers = Uint8Array.from(layers, ({ number }) => number)
  const next = new Int32Array(layers.length)
  const waiting = masks.map((_, layer) => layer).toSorted((a, b) => masks[b]!.box.y - masks[a]!.box.y)
  let active: number[] = []
  let edges = new Int32Array(1024)
  const on = new Int32Array(Math.ceil(layers.length / 32))

  for (let y = 0; y < height; y++) {
    while (waiting.length > 0 && masks[waiting.at(-1)!]!.box.y <= y) active.push(waiting.pop()!)
    let count = 0
    let ended = false
    for (const layer of active) {
      const { spans, box } = masks[layer]!
      let at = next[layer]!
      for (; at < spans.length && spans[at] === y - box.y; at += 3) {
        if (count + 2 > edges.length) edges = enlarged(edges)
        edges[count++] = ((box.x + spans[at + 1]!) << LAYER_BITS) | layer
        edges[count++] = ((box.x + spans[at + 2]!) << LAYER_BITS) | layer
      }
      next[layer] = at
      if (at >= spans.length) ended = true
    }
    if (ended) active = active.filter((layer) => next[layer]! < masks[layer]!.spans.length)
    sortEdges(edges, count)

    sink.beginRow()
    let from = 0
    let value = 0
    for (let i = 0; i < count; ) {
      const x = edges[i]! >> LAYER_BITS
      for (; i < count && edges[i]! >> LAYER_BITS === x; i++) {
        const layer = edges[i]! & LAYER_MASK
        on[layer >> 5]! ^= 1 << (layer & 31)
      }
      const seen = topmost(on, numbers)
      if (seen === value) continue
      if (x > from) sink.put(value, x - from)
      from = x
      value = seen
    }
    if (width > from) sink.put(value, width - from)
    sink.endRow()
  }
}

function topmost(on: Int32Array, numbers: Uint8Array): number {
  for (let word = on.length - 1; word >= 0; word--) {
    if (on[word] !== 0) return numbers[word * 32 + 31 - Math.clz32(on[word]!)]!
  }
  return 0
}

function sortEdges(edges: Int32Array, count: number): void {
  if (count > MANY_EDGES) {
    edges.subarray(0, count).sort()
    return
  }
  for (let i = 1; i < count; i++) {
    const edge = edges[i]!
    let at = i
    for (; at > 0 && edges[at - 1]! > edge; at--) edges[at] = edges[at - 1]!
    edges[at] = edge
  }
}

function enlarged(edges: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(edges.length * 2)
  larger.set(edges)
  return larger
}
