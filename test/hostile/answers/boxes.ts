import { type AnswerCase, located, unless } from '../answer-case.ts'

/** Pixels of the photo of 640 x 480. */
type Box = [x: number, y: number, width: number, height: number]

function kept(name: string, box2d: unknown, [x, y, width, height]: Box): AnswerCase {
  return located(`a box ${name}`, [{ box_2d: box2d, label: 'cup' }], {
    objects: 1,
    dropped: {},
    check: ({ objects }) => {
      const box = objects?.[0]?.box
      const same = box?.x === x && box.y === y && box.width === width && box.height === height
      return unless(same, `the box is ${JSON.stringify(box)}`)
    },
  })
}

const CUP = '{"box_2d":[250,250,750,750],"label":"cup"}'

/** With a valid cup, so that the answer has an object to keep. */
function lost(name: string, box2d: string, reason: string): AnswerCase {
  return located(`a box ${name}`, `[${CUP},{"box_2d":${box2d},"label":"plate"}]`, {
    objects: 1,
    dropped: { [reason]: 1 },
  })
}

/** Invalid boxes, and boxes outside the image. */
export const boxes: AnswerCase[] = [
  kept('the wrong way round', [750, 750, 250, 250], [160, 120, 320, 240]),
  kept('that begins outside', [-5, -5, 500, 500], [0, 0, 320, 240]),
  kept('that ends outside', [500, 500, 1001, 100_000], [320, 240, 320, 240]),
  kept('of the largest numbers', [-1e308, -1e308, 1e308, 1e308], [0, 0, 640, 480]),
  kept('of numbers as texts', ['250', '250', '750', '750'], [160, 120, 320, 240]),
  lost('of NaN', '[NaN,NaN,NaN,NaN]', 'object-unreadable'),
  lost('of Infinity', '[1e999,0,1,1e999]', 'box-unreadable'),
  lost('of nulls', '[null,null,null,null]', 'box-unreadable'),
  lost('of five numbers', '[1,2,3,4,5]', 'box-unreadable'),
  lost('of no number', '[]', 'box-unreadable'),
  lost('of lists', '[[[1]],[[2]],[[3]],[[4]]]', 'box-unreadable'),
  lost('without area', '[500,500,500,500]', 'box-empty'),
  lost('outside the picture', '[1001,1001,2000,2000]', 'box-empty'),
  lost('that is a number', '7', 'box-unreadable'),
  lost('of JavaScript', '{"__proto__":[1,2,3,4],"constructor":1}', 'box-unreadable'),
  located(
    'ten thousand boxes',
    Array.from({ length: 10_000 }, (_, i) => ({
      box_2d: [i % 500, (i * 7) % 500, (i % 500) + 400, ((i * 7) % 500) + 400],
      label: `thing ${i}`,
    })),
    { objects: 100, dropped: { 'too-many-objects': 9900 } },
  ),
  located(
    'ten thousand boxes of one thing',
    Array.from({ length: 10_000 }, () => ({ box_2d: [250, 250, 750, 750], label: 'cup' })),
    { objects: 1, dropped: { duplicate: 9999 } },
  ),
]
