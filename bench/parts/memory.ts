import { execFile, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { cache, root } from '../../tools/paths.ts'
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
    const measurements = await measureRounds(makeCases(context, compile(plan)), {
      rounds: plan.rounds,
      ...context,
    })
    const measured = new Measurements(measurements)
    return {
      measurements,
      tables: [
        {
          title: 'The most memory that a process took (resident), in which this is the first and only work',
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

/** The functions as they are deployed, in JavaScript. */
function compile({ name }: Plan): string {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const target = join(cache, 'bench', name, 'functions')
  const { status } = spawnSync(
    process.execPath,
    [join(typescript, 'bin/tsc'), '-p', join(root, 'functions/tsconfig.build.json'), '--outDir', target],
    { stdio: ['ignore', 2, 2] },
  )
  if (status !== 0) throw new Error('The functions do not compile (see above)')
  return target
}
