// The process of trials, which a photo may crash. Its parent watches it (watched-worker.ts).
import { runPipeline, type Task } from './pipeline-trial.ts'

/** Tasks run concurrently, as events do on an instance. */
export type Order = { tasks: Task[] }

process.on('message', (order: Order) => {
  void Promise.all(order.tasks.map((task) => runPipeline(task))).then(
    (reports) => process.send!(reports),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
