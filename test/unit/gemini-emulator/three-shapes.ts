import type { Scene } from '../../support/scene.ts'

export const THREE_SHAPES: Scene = {
  width: 600,
  height: 400,
  background: 'white',
  shapes: [
    { kind: 'circle', colour: 'red', cx: 130, cy: 115, radius: 65 },
    { kind: 'rectangle', colour: 'blue', x: 310, y: 60, width: 210, height: 100 },
    { kind: 'square', colour: 'orange', x: 380, y: 235, width: 115, height: 115 },
  ],
}
/** The emulator's caption of the scene. */
export const CAPTION =
  'A blue rectangle at the top right, a red circle at the top left and an orange square at the bottom right on a white background.'
