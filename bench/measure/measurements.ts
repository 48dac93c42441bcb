import type { Measurement } from './rounds.ts'
import { pairwise, type Summary, summarise } from './statistics.ts'

/**
 * The measurements of a part by id. Missing measurements are undefined, and the report shows them as not
 * measured.
 */
export class Measurements {
  private readonly byId: Map<string, Measurement>

  constructor(measurements: readonly Measurement[]) {
    this.byId = new Map(measurements.map((measurement) => [measurement.id, measurement]))
  }

  samples(id: string): number[] | undefined {
    const samples = this.byId.get(id)?.samples
    return samples?.length ? samples : undefined
  }

  summary(id: string): Summary | undefined {
    const samples = this.samples(id)
    return samples && summarise(samples)
  }

  /** `numerator` divided by `denominator`, within each round. */
  ratio(numerator: string, denominator: string): Summary | undefined {
    const [above, below] = [this.samples(numerator), this.samples(denominator)]
    return above && below && summarise(pairwise(above, below))
  }

  /** The cost of each additional item, in the unit, between two cases that differ by `more` items. */
  slopes(from: string, to: string, more: number): number[] | undefined {
    const [first, last] = [this.samples(from), this.samples(to)]
    return first && last && last.map((value, round) => (value - first[round]!) / more)
  }
}
