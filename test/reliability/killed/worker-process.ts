// A worker process: the deployed handlers with `getServices()` and a clock that is ahead of real time. It
// gets killed while it works.

import { readConfig } from '../../../functions/src/config/read-config.ts'
import { onImageUploaded, onSweep } from '../../../functions/src/index.ts'
import { getServices, replaceServices } from '../../../functions/src/services.ts'

export type Order = { event?: object; aheadMs: number }
export type Report = 'ready' | 'done' | 'failed'

let aheadMs = 0
const services = await getServices(readConfig(), () => 'any')
replaceServices({ ...services, now: () => new Date(Date.now() + aheadMs) })

const report = (status: Report) => process.send?.(status)

process.on('message', (order: Order) => {
  ;({ aheadMs } = order)
  const work = order.event
    ? onImageUploaded.run(order.event as Parameters<typeof onImageUploaded.run>[0])
    : onSweep.run({} as Parameters<typeof onSweep.run>[0])
  Promise.resolve(work).then(
    () => report('done'),
    () => report('failed'),
  )
})
report('ready')
