/** The id of a photo's document: base64url(sha256(bucket, newline, name)), as in functions/src/upload-path.ts. */
export async function imageIdOf(bucket: string, name: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${bucket}\n${name}`))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
