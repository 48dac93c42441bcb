type Point = readonly [x: number, y: number]

/**
 * At most `maxPoints` points of a closed outline, in their order. Removes the point that forms the smallest
 * triangle with its neighbours, until few enough are left: Visvalingam and Whyatt, "Line generalisation by
 * repeated elimination of points", The Cartographic Journal 30(1), 1993.
 */
export function simplifyOutline<P extends Point>(outline: readonly P[], maxPoints: number): P[] {
  const points = [...outline]
  const areaAt = (index: number) => {
    const at = index % points.length
    return triangleArea(points.at(at - 1)!, points[at]!, points[(at + 1) % points.length]!)
  }
  const areas = points.map((_, index) => areaAt(index))
  while (points.length > maxPoints) {
    let smallest = 0
    for (let i = 1; i < areas.length; i++) if (areas[i]! < areas[smallest]!) smallest = i
    points.splice(smallest, 1)
    areas.splice(smallest, 1)
    const before = (smallest + points.length - 1) % points.length
    areas[before] = areaAt(before)
    areas[smallest % points.length] = areaAt(smallest)
  }
  return points
}

function triangleArea([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
}
