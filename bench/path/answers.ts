import type { Answers } from './recorded-services.ts'

export const OBJECTS = 12

/** The answers for an ordinary photo: 12 objects with polygons. */
export const ANSWERS: Answers = {
  description: JSON.stringify({ caption: 'Shapes.', altText: 'Shapes.', labels: ['shape'], text: '' }),
  location: JSON.stringify(Array.from({ length: OBJECTS }, (_, index) => octagon(index))),
}

/** An object in a grid of 4 x 3, with an outline of eight points in 0 to 1000. */
function octagon(index: number): object {
  const [left, top] = [20 + (index % 4) * 245, 30 + Math.floor(index / 4) * 320]
  const [right, bottom] = [left + 220, top + 280]
  const mask = [
    [left + 60, top],
    [right - 60, top],
    [right, top + 80],
    [right, bottom - 80],
    [right - 60, bottom],
    [left + 60, bottom],
    [left, bottom - 80],
    [left, top + 80],
  ]
  return { box_2d: [top, left, bottom, right], label: `shape ${index + 1}`, mask }
}
