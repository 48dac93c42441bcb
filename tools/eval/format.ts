/** Figures as reports and progress lines show them. */

const number = new Intl.NumberFormat('en-US')

export const whole = (value: number): string => number.format(Math.round(value))

export function dollars(usd: number | undefined): string {
  if (usd === undefined) return 'unknown'
  if (usd === 0) return '$0'
  return `$${usd < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`
}

export function duration(ms: number | undefined): string {
  if (ms === undefined) return '–'
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

export const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${(share * 100).toFixed(1)} %`

/** For a terminal: file names and messages may contain control characters. Line breaks stay. */
export const printable = (text: string): string => text.replaceAll(/[^\P{C}\n]/gu, '?')

/** As `printable`, and without line breaks: a file name must not look like a line of its own. */
export const oneLine = (text: string): string => printable(text.replaceAll(/\s+/g, ' '))

export const plural = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
