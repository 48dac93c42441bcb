/** The name that `text` was probably meant to be: at most two letters away, whatever its case and underscores. */
export function nearestName(text: string, names: string[]): string | undefined {
  const bare = (name: string) => name.replaceAll('_', '').toUpperCase()
  const near = names
    .map((name) => ({ name, distance: editDistance(bare(text), bare(name)) }))
    .filter(({ name, distance }) => distance <= Math.min(2, bare(name).length / 4))
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.name
}

/** How many letters to add, to drop or to change (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed))
    }
  }
  return row[b.length] ?? 0
}
