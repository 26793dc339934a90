// Errors that no test may cause: an error in the browser's console, an exception in a page, a violation of the content
// security policy, or a secret where a browser or a log line can show it.
import type { BrowserContext, ConsoleMessage, Page, Response } from '@playwright/test'
import { PASSWORD } from './simulator'

/** The start of a JSON web token, and the names of the fields in which the cluster returns tokens. */
const SECRETS: [what: string, pattern: RegExp][] = [
  ['a JSON web token', /eyJ[\w-]{6,}\.[\w-]*/],
  ["a field of the cluster's token answer", /["'](?:access|refresh)_?token["']\s*:/i],
  ["the cluster's token header", /pty_access_jwt_token/i],
]

/** The warnings that are defects. */
const GRAVE_WARNING = /hydrat|content security|csp|leptos|panick|unreachable/i
const FAILED_LOAD = /^Failed to load resource: .*status of (\d{3})/

/** Limits the wait for a response, because that of a prefetch may never have its headers or body. */
const TIMEOUT_MS = 1_000
const EMPTY_BODY = Buffer.alloc(0)

function orElse<T>(value: Promise<T>, otherwise: T): Promise<T> {
  const late = new Promise<T>((resolve) => setTimeout(resolve, TIMEOUT_MS, otherwise).unref())
  return Promise.race([value, late])
}

export class Watch {
  private readonly problems: string[] = []
  private readonly bodies: Promise<void>[] = []
  private readonly statuses = new Set<number>()
  private readonly messages: RegExp[] = []
  private readonly context: BrowserContext
  private readonly passwordIsShown: boolean

  /** `passwordIsShown`: in demo mode the sign-in page shows the password of the accounts. */
  constructor(context: BrowserContext, passwordIsShown: boolean) {
    this.context = context
    this.passwordIsShown = passwordIsShown
    context.on('console', (message) => this.checkConsole(message))
    context.on('weberror', (error) => this.problems.push(`exception in the page: ${error.error()}`))
    context.on('response', (response) => this.bodies.push(this.read(response)))
  }

  /** Allows responses with these statuses, which Chromium reports in its console. */
  allowStatus(...statuses: number[]): void {
    for (const status of statuses) this.statuses.add(status)
  }

  /** Allows console messages that match the pattern. */
  allowConsole(message: RegExp): void {
    this.messages.push(message)
  }

  /** The errors so far. The pages of the test have to be open still. */
  async findings(portalLog: string): Promise<string[]> {
    for (const page of this.context.pages()) await this.readStorage(page)
    for (const cookie of await this.context.cookies()) {
      this.search(`the cookie ${cookie.name}`, cookie.value)
    }
    await Promise.all(this.bodies)
    this.search("the portal's log", portalLog)
    return [...new Set(this.problems)]
  }

  private checkConsole(message: ConsoleMessage): void {
    const text = message.text()
    const grave =
      message.type() === 'error' || (message.type() === 'warning' && GRAVE_WARNING.test(text))
    const status = Number(FAILED_LOAD.exec(text)?.[1])
    const allowed = this.statuses.has(status) || this.messages.some((pattern) => pattern.test(text))
    if (grave && !allowed) {
      this.problems.push(`console ${message.type()} at ${message.location().url}: ${text}`)
    }
  }

  private async read(response: Response): Promise<void> {
    const where = `${response.request().method()} ${response.url()}`
    this.search(`the address ${where}`, response.url())
    try {
      const headers = await orElse(response.allHeaders(), response.headers())
      this.search(`a header of ${where}`, Object.entries(headers).map((pair) => pair.join(': ')).join('\n'))
      if (!/wasm|image|font/.test(headers['content-type'] ?? '')) {
        this.search(`the body of ${where}`, (await orElse(response.body(), EMPTY_BODY)).toString('latin1'))
      }
    } catch {
      // A redirect has no body, and a navigation may have cancelled the response.
    }
  }

  private async readStorage(page: Page): Promise<void> {
    const stored = await page
      .evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
      // A blank page has no storage.
      .catch(() => '')
    this.search(`what scripts can read at ${page.url()}`, stored)
    this.search(`the page at ${page.url()}`, await page.content().catch(() => ''))
  }

  private search(where: string, text: string): void {
    for (const [what, pattern] of SECRETS) {
      if (pattern.test(text)) this.problems.push(`${what} in ${where}`)
    }
    if (!this.passwordIsShown && text.includes(PASSWORD)) {
      this.problems.push(`the password in ${where}`)
    }
  }
}
