import { FOUR_SHAPES, type Scene } from './scene.ts'

/** 1, 2, ...: files that run at the same time have different numbers. https://vitest.dev/guide/parallelism */
const worker = Number(process.env.VITEST_POOL_ID ?? 0)

/**
 * FOUR_SHAPES in a picture of a size that only this worker of Vitest uses, with the same ratio of 3 to 2.
 * Test files share one local Gemini API; gemini-control.ts selects their requests by the size of the picture.
 */
export const OWN_SHAPES: Scene = {
  ...FOUR_SHAPES,
  width: FOUR_SHAPES.width + 3 * worker,
  height: FOUR_SHAPES.height + 2 * worker,
}
