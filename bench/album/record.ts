import { readConfig } from '../../functions/src/config/read-config.ts'
import { type PreparedImage, prepareImage } from '../../functions/src/image/prepare.ts'
import { inspectImage, type SourceImage } from '../../functions/src/image/source-image.ts'
import { thumbnailOf } from '../../functions/src/image/thumbnail.ts'
import { drawMask, drawOverlay } from '../../functions/src/masks/draw.ts'
import { assignColours } from '../../functions/src/masks/palette.ts'
import { annotateObjects } from '../../functions/src/pipeline/annotate-objects.ts'
import { readLocation } from '../../functions/src/tasks/locate/read-location.ts'
import { summarise } from '../measure/statistics.ts'

const STAGES = ['inspect', 'prepare', 'thumbnail', 'draw'] as const
const ROUNDS = 5

/** The results of the stages that compute pixels, and their times for one photo alone. */
export type Recorded = {
  source: Omit<SourceImage, 'bytes'>
  copy: PreparedImage
  ms: Record<(typeof STAGES)[number], number>
}

/** @param location the text of an answer */
export async function record(jpeg: Buffer, location: string): Promise<Recorded> {
  const config = readConfig({})
  const samples = new Map(STAGES.map((stage) => [stage, [] as number[]]))
  let kept: Pick<Recorded, 'source' | 'copy'> | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const measure = async <T>(stage: (typeof STAGES)[number], run: () => Promise<T>): Promise<T> => {
      const from = performance.now()
      const result = await run()
      samples.get(stage)!.push(performance.now() - from)
      return result
    }
    const source = await measure('inspect', async () => inspectImage(jpeg, config))
    const copy = await measure('prepare', async () => prepareImage(source, config))
    await measure('thumbnail', async () => thumbnailOf(copy))
    await measure('draw', async () => {
      const located = readLocation({ text: location, truncated: false }, config.maxObjects)
      const { objects } = await annotateObjects(located, source)
      const masks = objects.map(({ mask }) => mask?.runs ?? null)
      await drawOverlay(masks, assignColours(objects.map(({ label }) => label)), source)
      for (const mask of masks) if (mask) await drawMask(mask)
    })
    const { bytes: _, ...facts } = source
    kept = { source: facts, copy }
  }
  const ms = Object.fromEntries(STAGES.map((stage) => [stage, summarise(samples.get(stage)!).median]))
  return { ...kept!, ms: ms as Recorded['ms'] }
}
