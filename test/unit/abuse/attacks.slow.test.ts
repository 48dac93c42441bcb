import { expect, it, vi } from 'vitest'

// The logger keeps the console that it finds on import.
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
  vi.spyOn(console, method).mockReturnValue(undefined)
const { runAttacks } = await import('../../abuse/attacks.ts')

it('no attack of npm run test:abuse breaks its bound, at small size', async () => {
  const results = await runAttacks('small')
  expect(results.filter(({ holds }) => !holds)).toEqual([])
  expect(results.length).toBeGreaterThanOrEqual(6)
}, 120_000)
