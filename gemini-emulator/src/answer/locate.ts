import type { Family } from '../api/families.ts'
import type { Thing } from '../vision/analyze.ts'
import { pngMask, polygonMask } from './mask.ts'
import { box2d } from './place.ts'
import type { Limits, Task } from './prompt.ts'

export type Located = {
  box_2d?: number[]
  mask?: string | [number, number][]
  point?: [y: number, x: number]
  label: string
}

/** The answer to a prompt for boxes, masks or points. */
export async function locate(
  things: Thing[],
  task: Task,
  family: Family,
  limits: Limits,
): Promise<Located[]> {
  const located: Located[] = []
  for (const thing of things) {
    if (task === 'points') located.push({ point: pointIn(thing), label: thing.label })
    else {
      const mask = task === 'masks' ? await maskFor(thing, family, limits.points) : undefined
      located.push({ box_2d: box2d(thing), ...(mask && { mask }), label: thing.label })
    }
  }
  return located
}

export async function maskFor(thing: Thing, family: Family, mostPoints: number): Promise<Located['mask']> {
  if (family.masks === 'none') return undefined
  return family.masks === 'png' ? pngMask(thing) : polygonMask(thing, mostPoints)
}

/** The centre of the box, y first. */
export function pointIn(thing: Thing): [number, number] {
  const [yMin, xMin, yMax, xMax] = box2d(thing)
  return [Math.round((yMin + yMax) / 2), Math.round((xMin + xMax) / 2)]
}

/** Writes one object per line, like real answers, or compact JSON if the prompt asks for it. */
export function writeList(located: Located[], { compact }: Limits): string {
  if (compact || located.length === 0) return JSON.stringify(located)
  const lines = located.map((item) => {
    const fields = Object.entries(item).map(([key, value]) => {
      const written = JSON.stringify(value)
      return `"${key}": ${Array.isArray(value) ? written.replaceAll(',', ', ') : written}`
    })
    return `  {${fields.join(', ')}}`
  })
  return `[\n${lines.join(',\n')}\n]`
}
