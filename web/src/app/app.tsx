import { useEffect, useState } from 'preact/hooks'
import { type Connection, connect } from '../firebase.ts'
import { Header } from './header.tsx'
import { Workbench } from './workbench.tsx'

type Start =
  | { state: 'connecting' }
  | { state: 'ready'; connection: Connection }
  | { state: 'failed'; error: Error }

/** Connects to Firebase, then shows the workbench. */
export function App() {
  const [start, setStart] = useState<Start>({ state: 'connecting' })
  useEffect(() => {
    connect().then(
      (connection) => setStart({ state: 'ready', connection }),
      (error: Error) => setStart({ state: 'failed', error }),
    )
  }, [])
  if (start.state === 'ready') return <Workbench connection={start.connection} />
  return (
    <>
      <Header />
      <main class="start">
        {start.state === 'connecting' ? (
          <p class="quiet" role="status">
            Connecting…
          </p>
        ) : (
          <div class="notice" role="alert">
            <p>
              <strong>Could not connect to Firesight.</strong> {start.error.message}
            </p>
            <button type="button" class="button" onClick={() => location.reload()}>
              Try again
            </button>
          </div>
        )}
      </main>
    </>
  )
}
