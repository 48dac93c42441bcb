import { loadOperations } from '../../tools/docs-cost-services.ts'
import type { Measurement } from '../measure/rounds.ts'
import { COUNTED_UNITS, type Counts } from '../scale/counts.ts'
import { type SweepCounts, simulateSweeps } from '../scale/simulate-sweeps.ts'
import type { Context, Part, PartResult, Table } from './part.ts'

export const DAILY_READS = 'document reads of a daily sweep'
export const DAILY_READS_OUTPUT_BUCKET = 'document reads of a daily sweep with OUTPUT_BUCKET'

/** The numbers of photos. The target is about the last one. */
const LIBRARIES = { full: [10_000, 1_000_000], quick: [1000] }
/** As in docs/scale.md. */
const OUTPUT_BUCKET = ' with OUTPUT_BUCKET'

/** Billed operations per photo and per sweep. Counts do not depend on the machine. */
export const scale: Part = {
  name: 'scale',
  title: 'Operations of a photo and of sweeps',
  async measure({ plan, progress }: Context): Promise<PartResult> {
    const libraries: SweepCounts[] = []
    let outputBucket: SweepCounts | undefined
    const daily: number[] = []
    const dailyOutputBucket: number[] = []
    // Repeated only to test that every round counts the same.
    for (let round = 0; round < (plan.name === 'quick' ? plan.rounds : 1); round++) {
      libraries.length = 0
      for (const photos of LIBRARIES[plan.name]) {
        progress(`sweeps of ${photos} photos`)
        libraries.push(await simulateSweeps(photos))
      }
      daily.push(libraries.at(-1)!.daily.firestoreReads ?? 0)
      progress('sweeps with OUTPUT_BUCKET')
      outputBucket = await simulateSweeps(LIBRARIES[plan.name].at(-1)!, { outputBucket: true })
      dailyOutputBucket.push(outputBucket.daily.firestoreReads ?? 0)
    }
    const measurements: Measurement[] = [
      { id: DAILY_READS, unit: 'count', samples: daily },
      { id: DAILY_READS_OUTPUT_BUCKET, unit: 'count', samples: dailyOutputBucket },
    ]
    return {
      measurements,
      tables: [operationTable(), sweepTable(libraries, outputBucket)],
      notes: [
        'Sweeps: the production code over a computed library, with ports that count the operations of their adapters. ' +
          'Photos and calls: counted at the clients of Firestore and Cloud Storage by `test/integration/operations.test.ts`. ' +
          'Limits and dollars: [Scale](scale.md).',
      ],
    }
  },
}

function operationTable(): Table {
  return {
    title: 'One photo or call',
    columns: COUNTED_UNITS.map(([, name]) => name),
    rows: Object.entries(loadOperations()).map(([name, counts]) => ({ name, cells: cellsOf(counts) })),
  }
}

function sweepTable(libraries: readonly SweepCounts[], outputBucket: SweepCounts | undefined): Table {
  return {
    title: 'One sweep',
    columns: COUNTED_UNITS.map(([, name]) => name),
    rows: [
      ...libraries.flatMap((counts) => sweepRows(counts)),
      ...(outputBucket ? sweepRows(outputBucket, OUTPUT_BUCKET) : []),
    ],
  }
}

function sweepRows({ photos, newPhotos, idle, daily, full }: SweepCounts, remark = ''): Table['rows'] {
  const library = `${photos.toLocaleString('en')} photos${remark}`
  return [
    { name: `${library}, every ten minutes`, cells: cellsOf(idle) },
    { name: `${library}, once a day, ${newPhotos.toLocaleString('en')} of them new`, cells: cellsOf(daily) },
    { name: `${library}, full scan`, cells: cellsOf(full) },
  ]
}

function cellsOf(counts: Counts): { text: string }[] {
  return COUNTED_UNITS.map(([unit]) => ({ text: (counts[unit] ?? 0).toLocaleString('en') }))
}
