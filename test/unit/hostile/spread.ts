/** `count` items of a list at equal distances. */
export function spread<T>(items: T[], count: number): T[] {
  return items.filter((_, i) => i % Math.ceil(items.length / count) === 0)
}
