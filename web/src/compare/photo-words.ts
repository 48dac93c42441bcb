/**
 * Says "photo 1", as the captions of the page. Answers of the model say "image 1", as its prompt does
 * (functions/src/tasks/image-parts.ts).
 * @param photos the number of compared photos; larger numbers stay as they are
 */
export function photoWords(text: string, photos: number): string {
  return text.replaceAll(/\b(image|picture)(s?) (\d+)\b/gi, (words, noun: string, plural: string, number) => {
    if (Number(number) < 1 || Number(number) > photos) return words
    return `${/^[A-Z]/.test(noun) ? 'Photo' : 'photo'}${plural} ${number}`
  })
}
