import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate that it signed itself, both PEM, as `tls.createServer` takes them. */
export type Certificate = { key: string; cert: string }

/**
 * A certificate for names such as `images.example.com` and `*.example.com`. Node reads certificates but makes
 * none. RFC 5280, section 4.1, with ECDSA on P-256 and SHA-256 (RFC 5758).
 */
export function selfSigned(names: string[], days = { from: -1, to: 1 }): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid('2a8648ce3d040302'))
  const issuer = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('Firesight tests')))))
  const alternatives = sequence(...names.map((name) => der(0x82, Buffer.from(name))))
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // Version 3.
    der(0x02, Buffer.from([1])), // Serial number.
    algorithm,
    issuer,
    sequence(time(days.from), time(days.to)),
    issuer, // The subject.
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid('551d11'), der(0x04, alternatives)))),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey))
  const lines = sequence(content, algorithm, signature)
    .toString('base64')
    .match(/.{1,64}/g)!
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  const lengthBytes =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), body])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function time(daysFromNow: number): Buffer {
  const date = new Date(Date.now() + daysFromNow * 86_400_000)
  return der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\..*/g, '')}Z`))
}
