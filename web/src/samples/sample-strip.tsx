import type { FunctionComponent } from 'preact'

type Props = {
  /** Whether the user has no photos yet. Otherwise the strip is one line. */
  isProminent: boolean
  add: (files: File[]) => void
  notify: (text: string) => void
}

/** The place of the sample photos on the home page. */
export const SampleStrip: FunctionComponent<Props> = () => null
