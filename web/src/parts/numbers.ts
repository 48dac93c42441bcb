const whole = new Intl.NumberFormat('en')

export function count(value: number): string {
  return whole.format(value)
}

/** 480 ms, 2.4 s, 75 s */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
}

/** 1,200 × 800 px */
export function pixels({ width, height }: { width: number; height: number }): string {
  return `${count(width)} × ${count(height)} px`
}

/** 42 s, 4:32 min, 3 h 12 min: the time until something continues, rounded up to the second. */
export function countdown(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, '0')} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
