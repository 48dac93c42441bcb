import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { patientFetch } from '../../../functions/src/model/gemini/patient-fetch.ts'
import { recordFetches, replaceDispatcher } from '../../support/fetch-dispatcher.ts'

it('patientFetch() has no time limit for response headers and bodies', async () => {
  const server = createServer((_, response) => response.end('answer'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { options, stop } = recordFetches()
  onTestFinished(stop)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await (await patientFetch(url)).text()).toBe('answer')
  expect(options).toMatchObject([{ headersTimeout: 0, bodyTimeout: 0 }])
})

it('patientFetch() is fetch() if Node has its dispatcher elsewhere', async () => {
  const before = replaceDispatcher(undefined)
  onTestFinished(() => void replaceDispatcher(before))
  const plain = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('plain'))
  onTestFinished(() => plain.mockRestore())
  expect(await (await patientFetch('http://127.0.0.1:1', { method: 'POST' })).text()).toBe('plain')
  expect(plain.mock.calls).toEqual([['http://127.0.0.1:1', { method: 'POST' }]])
})
