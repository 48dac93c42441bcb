// Preloaded by the flows: a connection to another host than this machine is reported and fails.
import net from 'node:net'

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const host = options.path ? 'localhost' : (options.host ?? 'localhost')
  if (!['localhost', '127.0.0.1', '::1'].includes(host)) {
    console.error(`CONNECTION TO ${host}`)
    throw new Error(`Connection to ${host}: the flows may only connect to this machine`)
  }
  return connect.apply(this, args)
}
