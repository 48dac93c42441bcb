/** @throws Error with a message for the user */
export async function copyText(text: string): Promise<void> {
  // Undefined on pages that are served without TLS, for example from another computer in the network.
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (!clipboard)
    throw new Error('Your browser allows copying only on pages with HTTPS. Select the text instead.')
  try {
    await clipboard.writeText(text)
  } catch (cause) {
    throw new Error('Your browser did not allow copying to the clipboard.', { cause })
  }
}
