/** What an attack achieved. */
export type AbuseResult = {
  attack: string
  attempted: number
  refused: number
  /** Charged to the attackers. */
  tokens: number
  cpuSeconds: number
  /** Requests of other users that failed during the attack. */
  failuresOfOthers: number
  /** What must hold, and whether it does. */
  bound: string
  holds: boolean
}

export type Size = 'small' | 'full'

/** CPU time of this process since `before`, in seconds. */
export function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
