import { render } from 'preact'
import { App } from './app/app.tsx'

const place = document.getElementById('app')
if (place) render(<App />, place)

// For browser tests, before they close the page: ends its listeners. The Firestore emulator (of firebase-tools 15,
// 2026-11-30) does not notice that a page is closed, and runs the queries of its listeners after each write.
if (import.meta.env.DEV)
  addEventListener('firesight-close', () => {
    if (place) render(null, place)
  })
