import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cache } from '../../tools/paths.ts'
import { compileFunctions } from '../compile-functions.ts'
import { Measurements } from '../measure/measurements.ts'
import { type Case, measureRounds } from '../measure/rounds.ts'
import type { PhotoSize, Plan } from '../plan.ts'
import { type Context, figure, type Part, type PartResult } from './part.ts'

export const LAYER_PEAK = 'our layer'
const WORKS = {
  'Node alone': 'node',
  'Node with sharp loaded': 'sharp',
  'libvips: an empty RGBA PNG': 'empty-png',
  [LAYER_PEAK]: 'layer',
  'our layer + all masks': 'layer-and-masks',
} as const

const execute = promisify(execFile)

export function memoryId(name: string, size: PhotoSize, count: number): string {
  return `${name}, ${size.name}, ${count} objects`
}

export const memory: Part = {
  name: 'memory',
  title: 'Memory of a fresh process',
  async measure(context: Context): Promise<PartResult> {
    const { plan } = context
    context.progress('compiling the functions')
    const compiled = join(cache, 'bench', plan.name, 'functions')
    compileFunctions(compiled)
    const measurements = await measureRounds(makeCases(context, compiled), {
      rounds: plan.rounds,
      ...context,
    })
    const measured = new Measurements(measurements)
    return {
      measurements,
      tables: [
        {
          title: 'Peak resident memory of a process that does only this work',
          columns: points(plan).map(([size, count]) => `${size.name}, ${count} objects`),
          rows: Object.keys(WORKS).map((name) => ({
            name: name.startsWith('our') ? `**${name}**` : name,
            cells: points(plan).map(([size, count]) =>
              figure('MiB', measured.summary(memoryId(name, size, count))),
            ),
          })),
        },
      ],
      notes: [],
    }
  },
}

function points({ sizes: [, usual, large], counts, usualCount }: Plan): [PhotoSize, number][] {
  return [
    [usual, usualCount],
    [large, counts.at(-1)!],
  ]
}

function makeCases({ plan, data }: Context, compiled: string): Case[] {
  const script = join(import.meta.dirname, '../children/peak.mjs')
  return points(plan).flatMap(([size, count]) =>
    Object.entries(WORKS).map(([name, work]): Case => {
      const { path } = data.answer(count)
      const args = [script, work, compiled, path, String(size.width), String(size.height)]
      return {
        id: memoryId(name, size, count),
        unit: 'MiB',
        isPeer: false,
        warmUps: 0,
        run: async () => Number((await execute(process.execPath, args)).stdout),
      }
    }),
  )
}
