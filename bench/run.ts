import { cpus, loadavg, totalmem } from 'node:os'
import sharp from 'sharp'
import { loadData } from './data/data.ts'
import { seededRandom } from './measure/random.ts'
import type { Measurement } from './measure/rounds.ts'
import { album } from './parts/album.ts'
import { layer } from './parts/layer.ts'
import { memory } from './parts/memory.ts'
import type { Context, Part, PartResult } from './parts/part.ts'
import { path } from './parts/path.ts'
import { prepare } from './parts/prepare.ts'
import { preview } from './parts/preview.ts'
import { rate } from './parts/rate.ts'
import { read } from './parts/read.ts'
import { scale } from './parts/scale.ts'
import { start } from './parts/start.ts'
import { startPython } from './peers/python.ts'
import type { Plan } from './plan.ts'
import { judgeTargets, type Target } from './targets.ts'

export const PARTS: readonly Part[] = [layer, prepare, preview, read, memory, start, path, rate, album, scale]

/** The results of a run, which `--json` prints. */
export type Bench = {
  date: string
  plan: Plan['name']
  rounds: number
  /** The seed for the order of the cases. */
  seed: number
  machine: { processor: string; cores: number; memoryGiB: number; platform: string }
  /** The versions of Node and of the measured libraries. */
  versions: Record<string, string>
  /** The missing peers, with the reasons. */
  missing: Record<string, string>
  parts: (PartResult & {
    name: string
    title: string
    seconds: number
    load: [before: number, after: number]
  })[]
  targets: Target[]
}

type BenchOptions = {
  plan: Plan
  /** Names of `PARTS`; undefined for all. */
  only?: readonly string[] | undefined
  seed: number
  now: Date
  progress: (text: string) => void
  environment?: NodeJS.ProcessEnv
}

export async function runBench({
  plan,
  only,
  seed,
  now,
  progress,
  environment,
}: BenchOptions): Promise<Bench> {
  progress('loading the data')
  const data = loadData(plan)
  const started = await startPython(environment)
  const python = 'absent' in started ? undefined : started
  const parts: Bench['parts'] = []
  try {
    for (const part of PARTS.filter(({ name }) => !only || only.includes(name))) {
      const context: Context = {
        plan,
        data,
        python,
        random: seededRandom(seed),
        progress: (text) => progress(`${part.name}: ${text}`),
      }
      const [before, begin] = [loadavg()[0]!, performance.now()]
      const result = await part.measure(context)
      const seconds = Math.round((performance.now() - begin) / 1000)
      parts.push({ name: part.name, title: part.title, seconds, load: [before, loadavg()[0]!], ...result })
    }
  } finally {
    python?.end()
  }
  const measurements = new Map<string, Measurement[]>(parts.map((part) => [part.name, part.measurements]))
  return {
    date: now.toISOString().slice(0, 10),
    plan: plan.name,
    rounds: plan.rounds,
    seed,
    machine: describeMachine(),
    versions: {
      Node: process.versions.node,
      sharp: sharp.versions.sharp,
      libvips: sharp.versions.vips,
      ...python?.versions,
    },
    missing: 'absent' in started ? { 'Python peers': started.absent } : started.missing,
    parts,
    targets: judgeTargets(measurements, plan),
  }
}

function describeMachine(): Bench['machine'] {
  const processors = cpus()
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  }
}
