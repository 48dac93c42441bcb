// A process of its own for photos that may kill it. The parent watches it (watched-worker.ts).
import { type Task, takeWholeWay } from './way-of-a-photo.ts'

/** Several tasks are taken at once, as an instance takes events. */
export type Order = { tasks: Task[] }

process.on('message', (order: Order) => {
  void Promise.all(order.tasks.map((task) => takeWholeWay(task))).then(
    (reports) => process.send!(reports),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
