import { describe, expect, it } from 'vitest'
import { ownUpload } from '../../../functions/src/callables/own-upload.ts'

const selection = { uploadPath: 'users/{uid}/uploads/{fileName}', includePaths: [], excludePaths: [] }
const place = { bucket: 'app.appspot.com', selection }
const own = (path: string, uid = 'alice', uploads = place) => ownUpload(path, uid, uploads)

describe('ownUpload()', () => {
  it.each([
    'users/alice/uploads/photo.jpg',
    'users/alice/uploads/Photo 1 (größer).jpg',
    'gs://app.appspot.com/users/alice/uploads/photo.jpg',
  ])('takes %s', (path) => {
    expect(own(path)).toBe(path.replace('gs://app.appspot.com/', ''))
  })

  it.each([
    ['another user', 'users/bob/uploads/photo.jpg'],
    ['another user with a similar name', 'users/alice2/uploads/photo.jpg'],
    ['the user in another case', 'users/Alice/uploads/photo.jpg'],
    ['another bucket', 'gs://other.appspot.com/users/alice/uploads/photo.jpg'],
    ['another bucket with the same prefix', 'gs://app.appspot.com.evil/users/alice/uploads/photo.jpg'],
    ['a bucket without a name', 'gs://app.appspot.com'],
    ['another scheme', 'https://app.appspot.com/users/alice/uploads/photo.jpg'],
    ['two dots', 'users/alice/uploads/../../bob/uploads/photo.jpg'],
    ['two dots as a name', 'users/alice/uploads/..'],
    ['one dot', 'users/alice/./uploads/photo.jpg'],
    ['escaped dots', 'users/alice/uploads/%2e%2e'],
    ['escaped dots, escaped again', 'users/alice/uploads/%252e%252e'],
    ['an escaped slash', 'users/alice/uploads/a%2F..%2Fb.jpg'],
    ['a backslash', String.raw`users/alice/uploads/..\..\bob`],
    ['an empty segment', 'users//uploads/photo.jpg'],
    ['two slashes', 'users/alice//uploads/photo.jpg'],
    ['a leading slash', '/users/alice/uploads/photo.jpg'],
    ['a trailing slash', 'users/alice/uploads/'],
    ['results', 'users/alice/annotations/x/1/overlay.png'],
    ['a null character', 'users/alice/uploads/a\u0000.jpg'],
    ['a line feed', 'users/alice/uploads/a\n.jpg'],
    ['a file of the Files API', 'files/abc'],
    ['an empty path', ''],
  ])('refuses %s', (_, path) => {
    expect(() => own(path)).toThrow(expect.objectContaining({ code: 'path-not-allowed' }))
  })

  it('reports the same error for a photo of another user as for a missing photo', () => {
    const messageOf = (path: string) => {
      try {
        return own(path)
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(messageOf('users/bob/uploads/photo.jpg')).toBe(messageOf('users/missing/uploads/nothing.jpg'))
  })

  it('rejects every path if UPLOAD_PATH has no owner', () => {
    const uploads = { ...place, selection: { ...selection, uploadPath: 'uploads/{fileName}' } }
    expect(() => own('uploads/photo.jpg', 'alice', uploads)).toThrow(
      expect.objectContaining({ code: 'path-not-allowed' }),
    )
  })
})
