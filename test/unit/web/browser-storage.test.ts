import { afterEach, expect, it, vi } from 'vitest'
import { permanentStorage } from '../../../web/src/parts/browser-storage.ts'
import { copyText } from '../../../web/src/parts/copy-text.ts'

afterEach(() => vi.unstubAllGlobals())

it('permanentStorage() keeps values until the page is closed if the browser blocks site data', () => {
  vi.stubGlobal('localStorage', undefined)
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    },
  })
  const storage = permanentStorage()
  storage.setItem('key', 'value')
  expect([storage.getItem('key'), storage.length, storage.key(0)]).toEqual(['value', 1, 'key'])
})

it.each([
  ['on a page without HTTPS', {}, 'Your browser allows copying only on pages with HTTPS.'],
  [
    'without the permission',
    { clipboard: { writeText: () => Promise.reject(new DOMException('denied', 'NotAllowedError')) } },
    'Your browser did not allow copying to the clipboard.',
  ],
])('copyText() says why it cannot copy %s', async (_, navigator, message) => {
  vi.stubGlobal('navigator', navigator)
  await expect(copyText('text')).rejects.toThrow(message)
})
