/** Lightness, a and b in CIELAB. */
export type Lab = readonly [number, number, number]

const RADIANS = Math.PI / 180
const CHROMA = 25 ** 7

/**
 * CIEDE2000, the difference of two colours as people see it. About 1 is just noticeable. With the equation
 * numbers of Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", 2005:
 * https://hajim.rochester.edu/ece/sites/gsharma/ciede2000/
 */
export function ciede2000([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  const meanChroma = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2
  const g = 0.5 * (1 - Math.sqrt(meanChroma ** 7 / (meanChroma ** 7 + CHROMA))) // 4
  const [x1, x2] = [(1 + g) * a1, (1 + g) * a2] // 5
  const [c1, c2] = [Math.hypot(x1, b1), Math.hypot(x2, b2)] // 6
  const [h1, h2] = [hue(x1, b1), hue(x2, b2)] // 7

  const isGrey = c1 * c2 === 0
  const turn = h2 - h1
  const dh = isGrey ? 0 : turn > 180 ? turn - 360 : turn < -180 ? turn + 360 : turn // 10
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * RADIANS) // 11

  const [l, c, sum] = [(l1 + l2) / 2, (c1 + c2) / 2, h1 + h2] // 12, 13
  const across = sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2
  const h = isGrey ? sum : Math.abs(turn) <= 180 ? sum / 2 : across // 14
  const t =
    1 -
    0.17 * Math.cos((h - 30) * RADIANS) +
    0.24 * Math.cos(2 * h * RADIANS) +
    0.32 * Math.cos((3 * h + 6) * RADIANS) -
    0.2 * Math.cos((4 * h - 63) * RADIANS) // 15
  const theta = 30 * Math.exp(-(((h - 275) / 25) ** 2)) // 16
  const rc = 2 * Math.sqrt(c ** 7 / (c ** 7 + CHROMA)) // 17
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2) // 18
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t] // 19, 20
  const rt = -Math.sin(2 * theta * RADIANS) * rc // 21
  const [dl, dc, dhue] = [(l2 - l1) / sl, (c2 - c1) / sc, dH / sh]
  return Math.sqrt(dl ** 2 + dc ** 2 + dhue ** 2 + rt * dc * dhue) // 22
}

function hue(a: number, b: number): number {
  const degrees = a === 0 && b === 0 ? 0 : Math.atan2(b, a) / RADIANS
  return degrees < 0 ? degrees + 360 : degrees
}
