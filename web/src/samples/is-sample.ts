/** The start of the SHA-256 of each sample photo (photos/*.jpg). */
export const SAMPLE_HASHES: ReadonlySet<string> = new Set([
  '5665d8eea3c8310d', // astronaut
  '544eec34bafa85c0', // cat
  'd5bd7fd857af8d83', // coffee
  '39d34eaf4fe72cd8', // dogs
  'c9fcc5b74677609e', // raccoon
  '6b8e972112decb78', // rocket
])

/** Whether a photo is a sample, from the SHA-256 of its file. */
export function isSample(sha256: string): boolean {
  return SAMPLE_HASHES.has(sha256.slice(0, 16))
}
