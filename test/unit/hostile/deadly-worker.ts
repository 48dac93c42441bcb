// Stands for a process that a photo ends, in the way that the photo's name says.
import type { Order } from '../../hostile/worker.ts'

process.on('message', ({ tasks }: Order) => {
  const [name = ''] = tasks.map(({ fileName = '' }) => fileName)
  if (name === 'kills') process.kill(process.pid, 'SIGKILL')
  else if (name === 'exits') process.exit(3)
  else if (name !== 'hangs') process.send!(tasks.map(() => ({ held: name === 'holds' ? hold() : 0 })))
})

const held: Buffer[] = []

/** 100 MB, let go at once. */
function hold(): number {
  held.push(Buffer.alloc(100_000_000, 1))
  held.length = 0
  return 1
}
