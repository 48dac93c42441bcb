import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flatPng } from './pictures/flat-png.ts'
import { ORDINARY_ANSWER, type RecordingModel, startRecordingModel } from './recording-model.ts'
import type { Lane } from './trial.ts'
import { WatchedWorker } from './watched-worker.ts'

/** Processes that run trials in parallel. */
export class Lanes implements AsyncDisposable {
  readonly all: readonly Lane[]
  private readonly folder: string

  private constructor(all: readonly Lane[], folder: string) {
    this.all = all
    this.folder = folder
  }

  static async open(count: number): Promise<Lanes> {
    const folder = mkdtempSync(join(tmpdir(), 'firesight-hostile-'))
    const models = await Promise.all(Array.from({ length: count }, () => startRecordingModel()))
    for (const model of models) await model.answerWith(ORDINARY_ANSWER)
    const lanes = models.map((model, index) => laneFor(model, join(folder, String(index))))
    return new Lanes(lanes, folder)
  }

  /** Runs `work` for each item, one item per lane at a time. */
  async each<T, R>(items: readonly T[], work: (item: T, lane: Lane) => Promise<R>): Promise<R[]> {
    const results: R[] = []
    let next = 0
    await Promise.all(
      this.all.map(async (lane) => {
        while (next < items.length) {
          const at = next++
          results[at] = await work(items[at]!, lane)
        }
      }),
    )
    return results
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { worker } of this.all) worker.stop()
    await Promise.all(this.all.map(({ model }) => model.close()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function laneFor(model: RecordingModel, folder: string): Lane {
  mkdirSync(folder)
  const file = join(folder, 'warm-up')
  writeFileSync(file, flatPng({ width: 64, height: 64 }))
  const warmUp = { file, parameters: {}, geminiUrl: model.url }
  return { worker: new WatchedWorker(warmUp), model, folder }
}
