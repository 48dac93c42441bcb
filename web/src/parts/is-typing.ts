/** Whether a key belongs to a field, so that it is no shortcut of the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  const isCheckbox = target instanceof HTMLInputElement && target.type === 'checkbox'
  return target.matches('input, textarea, select, [contenteditable]') && !isCheckbox
}
