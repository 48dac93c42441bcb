import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canListen, choosePorts, host, preferredPorts } from '../../../tools/ports.ts'

const always = () => Promise.resolve(true)

test('choosePorts() uses preferred ports that are free', async () => {
  expect(await choosePorts(preferredPorts, always)).toEqual(preferredPorts)
})

test('choosePorts() replaces only ports that are in use', async () => {
  const ports = await choosePorts(preferredPorts, async (port) => port !== 8080)
  expect(ports).toEqual({ ...preferredPorts, firestore: expect.any(Number) })
  expect(ports.firestore).toBeGreaterThanOrEqual(20_000)
})

test('choosePorts() returns unique ports below the ephemeral ports', async () => {
  const ports = Object.values(await choosePorts({}, async (port) => port % 3 !== 0))
  expect(new Set(ports).size).toBe(Object.keys(preferredPorts).length)
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThanOrEqual(32_000)
    expect(port % 3).not.toBe(0)
  }
})

test('choosePorts() continues at the start of its range', async () => {
  const ports = await choosePorts({}, always, () => 0.999_99)
  expect(Math.min(...Object.values(ports))).toBe(20_000)
})

test('choosePorts() fails if no port is free', async () => {
  await expect(choosePorts({}, () => Promise.resolve(false))).rejects.toThrow(
    'No free port between 20000 and 32000',
  )
})

test('canListen() is true for a free port and false for a used one', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve, reject) => {
    server.listen(0, host, () => {
      const address = server.address()
      if (typeof address === 'object' && address) resolve(address.port)
      else reject(new Error('no port'))
    })
  })
  expect(await canListen(port)).toBe(false)
  await new Promise((resolve) => server.close(resolve))
  expect(await canListen(port)).toBe(true)
})

test('preferredPorts are those of firebase.json', () => {
  const file = readFileSync(join(import.meta.dirname, '../../../firebase.json'), 'utf8')
  const { emulators }: { emulators: Record<string, { port: number; websocketPort?: number }> } =
    JSON.parse(file)
  const { page: _page, gemini: _gemini, firestoreWebsocket, ...ports } = preferredPorts
  for (const [name, port] of Object.entries(ports)) expect(emulators[name]).toMatchObject({ port })
  expect(emulators.firestore?.websocketPort).toBe(firestoreWebsocket)
})
