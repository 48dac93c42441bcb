/** A summary of samples. Quartiles are linearly interpolated, as in R (type 7) and numpy. */
export type Summary = {
  median: number
  min: number
  max: number
  lowerQuartile: number
  upperQuartile: number
}

/** @throws RangeError without samples */
export function summarise(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('Cannot summarise: there are 0 samples')
  const sorted = samples.toSorted((a, b) => a - b)
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0]!,
    max: sorted.at(-1)!,
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
  }
}

/**
 * Divides the samples of two cases round by round. Effects that slow down a whole round (other load, a lower
 * clock) cancel out.
 * @throws RangeError if the cases have different numbers of rounds
 */
export function pairwise(numerators: readonly number[], denominators: readonly number[]): number[] {
  if (numerators.length !== denominators.length) {
    throw new RangeError(
      `Cannot pair rounds: one case has ${numerators.length}, the other ${denominators.length}`,
    )
  }
  return numerators.map((numerator, round) => numerator / denominators[round]!)
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return below + (above - below) * (at - Math.floor(at))
}
