/** A setting of the functions. */
export type Setting = {
  /** The name of the environment variable. */
  name: string
  default: string | number | boolean
  description: string
}

/**
 * The value of a number when functions are declared.
 * @throws Error if the environment has another text than a positive integer
 */
export function declaredNumber(
  { name, default: fallback }: Setting & { default: number },
  environment: Record<string, string | undefined> = process.env,
): number {
  const text = environment[name] ?? String(fallback)
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new Error(`Cannot use ${name}=${text}: it must be a positive integer, such as ${fallback}`)
}

/** The value of a text when functions are declared. */
export function declaredText({ name, default: fallback }: Setting & { default: string }): string {
  return process.env[name] || fallback
}
