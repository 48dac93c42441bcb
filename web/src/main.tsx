import { render } from 'preact'
import { App } from './app/app.tsx'

const place = document.getElementById('app')
if (place) render(<App />, place)

// Ends the listeners of the page, as far as the browser still sends the requests. The Firestore emulator (of
// firebase-tools 15, 2026-11-30) does not notice that a page is closed, and each write runs all queries.
if (import.meta.env.DEV)
  addEventListener('pagehide', ({ persisted }) => {
    if (place && !persisted) render(null, place)
  })
