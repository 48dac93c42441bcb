import { dollars } from '../cost/figures.ts'

export function number(value: number): string {
  const digits = value >= 10 || Number.isInteger(value) ? 0 : value >= 1 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

export function hours(value: number): string {
  return value < 1 ? `${Math.ceil(value * 60)} min` : `${number(value)} h`
}

export function money(usd: number): string {
  return usd < 10 ? dollars(usd) : whole(usd)
}

export function whole(usd: number): string {
  const precision = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(usd, 1))) - 2)
  return (Math.round(usd / precision) * precision).toLocaleString('en')
}
