import { box, colrIcc } from './heif-boxes.ts'
import { clap, full, gridOf, heifFile, type Item, irot, ispe, numbers, SHAPES, shapes } from './heif-file.ts'

/** 52° 30' 58" N, as EXIF stores it. */
export const GPS = Buffer.from([0, 0, 0, 52, 0, 0, 0, 1, 0, 0, 0, 30, 0, 0, 0, 1, 0, 0, 0, 58, 0, 0, 0, 1])
let places = 0
/** Bytes that must not leave, different for each place. */
const secret = () => Buffer.concat([Buffer.from(`SECRET-${places++}-`), GPS])

/** A NAL unit of a reserved type, which decoders ignore. */
const reserved = () => Buffer.concat([Buffer.from([24 << 1, 1]), secret()])
/** A slice of a type that the picture does not have. */
const foreign = () => Buffer.concat([Buffer.from([0, 1, 0]), secret()])
/** A slice of another picture in the same item, which decoders ignore. */
const second = () => Buffer.concat([Buffer.from([20 << 1, 1, 0x80]), secret()])
/** An SEI message (type 39) with user data, as a NAL unit. */
export const sei = () => Buffer.concat([Buffer.from([39 << 1, 1]), secret()])
/** A coded picture of the enhancement layer 1, which base decoders skip. */
const layer1 = () => Buffer.concat([Buffer.from([1 << 1, (1 << 3) | 1]), secret()])
export const inSample = (unit: Buffer) => Buffer.concat([numbers(4, unit.length), unit])

/** `hvcC` with a list of SEI messages. */
function hvcCWithSei(): Buffer {
  const [body, unit] = [Buffer.from(SHAPES.hvcC.subarray(8)), sei()]
  body[22]!++
  return box('hvcC', body, Buffer.from([39, 0, 1]), numbers(2, unit.length), unit)
}

/** `hvcC` with more units of a type. */
export function hvcCTwice(type: number, count: number): Buffer {
  const body = Buffer.from(SHAPES.hvcC.subarray(8))
  body[22]!++
  const unit = type === 33 ? unitOf(body, type) : sei()
  const units = Array.from({ length: count }, () => Buffer.concat([numbers(2, unit.length), unit]))
  return box('hvcC', body, Buffer.from([type]), numbers(2, count), ...units)
}

/** The unit of a type among lists of one unit. */
function unitOf(hvcC: Buffer, type: number): Buffer {
  let at = 23
  while ((hvcC[at]! & 0x3f) !== type) at += 5 + hvcC.readUInt16BE(at + 3)
  return hvcC.subarray(at + 5, at + 5 + hvcC.readUInt16BE(at + 3))
}

/** A photo with its position in every place that we know of, and the number of these places. */
export function photoWithSecrets(): { file: Buffer; secrets: number } {
  places = 0
  const primary: Item = {
    id: 1,
    type: 'grid',
    name: secret().toString('latin1').replaceAll('\0', ' '),
    properties: [
      ispe(1200, 800),
      irot(1),
      clap(763, 1161, -37, 39),
      colrIcc(secret()),
      box('udes', Buffer.alloc(4), secret()),
      box('uuid', Buffer.alloc(16), secret()),
      box('imir', Buffer.from([0]), secret()),
    ],
    data: Buffer.concat([gridOf(1, 1, 1200, 800), secret()]),
    references: { dimg: [2] },
    place: 'idat',
  }
  const file = heifFile(
    [
      primary,
      {
        ...shapes(2),
        properties: [hvcCWithSei(), SHAPES.ispe, box('pixi', SHAPES.pixi.subarray(8), secret())],
        data: Buffer.concat([
          inSample(sei()),
          SHAPES.coded,
          inSample(layer1()),
          inSample(reserved()),
          inSample(foreign()),
          inSample(second()),
        ]),
      },
      { id: 3, type: 'Exif', data: Buffer.concat([numbers(4, 0), secret()]), references: { cdsc: [1] } },
      { id: 4, type: 'mime', name: 'x\0application/rdf+xml', data: secret(), references: { cdsc: [1] } },
      {
        id: 5,
        type: 'jpeg',
        data: Buffer.concat([Buffer.from([0xff, 0xd8]), secret()]),
        references: { thmb: [1] },
      },
      {
        ...shapes(6, full('auxC', 0, Buffer.from('urn:'), secret())),
        data: Buffer.concat([SHAPES.coded, inSample(sei())]),
        references: { auxl: [1] },
      },
      { ...shapes(7), data: Buffer.concat([SHAPES.coded, inSample(sei())]), references: { thmb: [1] } },
    ],
    {
      handlerName: secret().toString('latin1').replaceAll('\0', ' '),
      before: [box('uuid', Buffer.alloc(16), secret()), box('free', secret())],
      metaBoxes: [box('uuid', Buffer.alloc(16), secret()), box('udta', secret()), box('xml ', secret())],
      stray: secret(),
      // A motion photo has its video after the image.
      after: [box('mpvd', secret()), box('udta', secret()), secret()],
    },
  )
  return { file, secrets: places }
}
