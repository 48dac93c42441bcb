import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

type State<Props> = { Loaded?: ComponentType<Props>; error?: Error }

/**
 * A component whose code is loaded when it is first shown. `preact/compat` has `lazy()` too, but its compat
 * layer is larger than the code that this splits off.
 */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Ready: ComponentType<Props> | undefined
  return function Lazy(props: Props) {
    const [{ Loaded, error }, setState] = useState<State<Props>>(Ready ? { Loaded: Ready } : {})
    useEffect(() => {
      if (Loaded) return undefined
      let isShown = true
      const show = async () => {
        try {
          Ready = await load()
          if (isShown) setState({ Loaded: Ready })
        } catch (failure) {
          if (isShown) setState({ error: failure as Error })
        }
      }
      void show()
      return () => {
        isShown = false
      }
    }, [])
    if (Loaded) return <Loaded {...props} />
    if (!error) return <p class="quiet loading">Loading…</p>
    return (
      <div class="notice" role="alert">
        <p>Could not load this part of the page: {error.message}</p>
        <button type="button" class="button button-small" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    )
  }
}
