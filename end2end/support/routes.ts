// The portal's table of addresses, as `postern routes --json` prints it.
import { output } from './process'

export interface Route {
  method: 'GET' | 'POST'
  /** The address, with `{name}` for a segment. */
  path: string
  kind: 'page' | 'form' | 'export' | 'events'
  /** The name of the action: `user.lock`. */
  action: string
  /** `nothing`, `session`, or a permission: `protegrity:user_manager_viewer`. */
  needs: string
  /** The label in the navigation, for an area of it. */
  navigation: string | null
  demo_only: boolean
}

export const ROUTES = JSON.parse(output(['routes', '--json'])) as Route[]

/** The rows that are pages. */
export const PAGES = ROUTES.filter((route) => route.kind === 'page')

// Tests are made from this list: an empty one would leave them out silently.
if (PAGES.length === 0) throw new Error('`postern routes --json` lists no pages')
