// `test` with a portal behind it, and the words in which the tests are written.
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type APIRequestContext, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { Portal, type PortalOptions } from './portal'
import { PASSWORD, TOKEN_MODES } from './simulator'
import { Watch } from './watch'

export { expect, PASSWORD, Portal, TOKEN_MODES }

export type WorkerOptions = PortalOptions

interface Options {
  /** Whether the browser runs scripts. Every page works either way. */
  js: boolean
}

interface Fixtures {
  /** Fails the test on what must not happen in any test; see `watch.ts`. */
  watch: Watch
}

const scriptless = new WeakSet<BrowserContext>()

export const test = base.extend<Options & Fixtures, WorkerOptions & { portal: Portal }>({
  users: [50, { option: true, scope: 'worker' }],
  tokenMode: ['claims', { option: true, scope: 'worker' }],
  demo: [false, { option: true, scope: 'worker' }],
  js: [true, { option: true }],

  portal: [
    async ({ users, tokenMode, demo }, use) => {
      const portal = await Portal.start({ users, tokenMode, demo })
      await use(portal)
      await portal.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  baseURL: ({ portal }, use) => use(portal.url),
  javaScriptEnabled: ({ js }, use) => use(js),

  watch: [
    async ({ context, portal, demo, js }, use, testInfo) => {
      await portal.simulator.reset()
      if (!js) scriptless.add(context)
      const marks = portal.servers.map((server) => server.mark())
      const watch = new Watch(context, demo)
      await use(watch)

      const findings = await watch.findings(portal.log.logSince(marks[0] ?? 0))
      if (findings.length > 0 || testInfo.status !== testInfo.expectedStatus) {
        for (const [index, server] of portal.servers.entries()) {
          const body = server.logSince(marks[index] ?? 0)
          await testInfo.attach(index === 0 ? 'portal.log' : 'simulator.log', { body, contentType: 'text/plain' })
        }
      }
      expect(findings, 'nothing that must not happen in any test').toEqual([])
    },
    { auto: true },
  ],
})

/** Runs the same tests in a browser that runs scripts, and in one that does not. */
export function withAndWithoutJavaScript(define: (js: boolean) => void): void {
  for (const js of [true, false]) {
    test.describe(js ? 'with JavaScript' : 'without JavaScript', () => {
      test.use({ js })
      define(js)
    })
  }
}

/** Fills the sign-in form that the page shows, and sends it. */
export async function fillSignIn(page: Page, user: string, password: string = PASSWORD): Promise<void> {
  await hydrated(page)
  await page.getByLabel('User name', { exact: true }).fill(user)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Signs in and waits for the overview. */
export async function signIn(page: Page, user: string, password: string = PASSWORD): Promise<void> {
  await page.goto('/sign-in')
  await fillSignIn(page, user, password)
  await expect(page).toHaveURL((url) => url.pathname === '/')
  await expect(page.getByRole('button', { name: 'Sign out', exact: true })).toBeVisible()
  await hydrated(page)
}

/**
 * Arrives at a page as somebody who has signed in before. The form itself is what `sign-in.spec.ts` is about; here it
 * is sent without a page, which is quicker.
 */
export async function enter(page: Page, portal: Portal, user: string, path = '/'): Promise<void> {
  await passSignIn(page.context().request, portal, user)
  await page.goto(portal.url + path)
  await hydrated(page)
}

/**
 * The same, for tests that change who is there: the portal knows the cluster's users for a minute, and the cluster has
 * just gone back to what it was.
 */
export async function enterAfresh(page: Page, portal: Portal, user: string, path = '/'): Promise<void> {
  await passSignIn(page.context().request, portal, user)
  for (const list of ['/users?fresh=1', '/groups?fresh=1']) await page.context().request.get(portal.url + list)
  await page.goto(portal.url + path)
  await hydrated(page)
}

/** Gives the browser behind these requests a session of this user. */
export async function passSignIn(request: APIRequestContext, portal: Portal, user: string): Promise<void> {
  const response = await request.post(`${portal.url}/api/sign-in`, {
    headers: { origin: portal.url, accept: 'text/html' },
    form: { user_name: user, password: PASSWORD },
    maxRedirects: 0,
  })
  expect(response.status(), `${user} signs in`).toBe(303)
}

/** Waits until the islands are alive: at once where no script runs. */
export async function hydrated(page: Page): Promise<void> {
  if (!scriptless.has(page.context())) {
    await expect(page.locator('body[data-hydrated]')).toBeAttached()
  }
}

export const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true })

export const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 })

/** Fills a field with more than it lets a person type, as a script could. */
export async function overfill(field: Locator, text: string): Promise<void> {
  await field.evaluate((element) => element.removeAttribute('maxlength'))
  await field.fill(text)
}

/** The outcome of an action, or a failure, in the page's content. */
export const outcome = (page: Page, role: 'status' | 'alert'): Locator => page.getByRole('main').getByRole(role)

/** A table that is no list, by the name of its region. */
export const tableOf = (page: Page, name: string): Locator => page.getByRole('region', { name }).getByRole('table')

/** The facts of a page by their names. */
export async function facts(page: Page): Promise<Record<string, string>> {
  return page.getByRole('main').evaluate((main) =>
    Object.fromEntries(
      [...main.querySelectorAll('dt')].map((term) => [
        term.textContent ?? '',
        (term.nextElementSibling as HTMLElement | null)?.innerText.trim() ?? '',
      ]),
    ),
  )
}

/** What a row shows, by its column's heading. */
export type Row = Record<string, string>

/** Reads a table as a person does. A heading may hold a link or button for sorting; its words are what counts. */
export async function rows(table: Locator): Promise<Row[]> {
  return table.evaluate((element) => {
    const words = (cell: Element) => (cell as HTMLElement).innerText.replace(/\s+/g, ' ').trim()
    const headings = [...element.querySelectorAll('thead th')].map(words)
    return [...element.querySelectorAll('tbody tr')].map((row) =>
      Object.fromEntries([...row.children].map((cell, index) => [headings[index] ?? `#${index}`, words(cell)])),
    )
  })
}

function rowLike(expected: Record<string, string | RegExp>) {
  const cells = Object.entries(expected).map(([column, value]) => [
    column,
    value instanceof RegExp ? expect.stringMatching(value) : value,
  ])
  return expect.arrayContaining([expect.objectContaining(Object.fromEntries(cells))])
}

/** Waits for a row with these values in the columns of these headings. */
export async function expectRowVisible(table: Locator, expected: Record<string, string | RegExp>): Promise<void> {
  await expect(table).toBeVisible()
  await expect.poll(() => rows(table)).toEqual(rowLike(expected))
}

/** Waits until no row has these values. */
export async function expectNoRow(table: Locator, unwanted: Record<string, string | RegExp>): Promise<void> {
  await expect(table).toBeVisible()
  await expect.poll(() => rows(table)).not.toEqual(rowLike(unwanted))
}

const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Looks for barriers, in the light and in the dark scheme. */
export async function expectNoAxe(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // The colours are there with the next frame, which the top layer may take one later.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const { violations } = await new AxeBuilder({ page }).withTags(AXE_RULES).analyze()
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id} (${help}): ${node.target.join(' ')}`),
    )
    expect(found, `barriers at ${page.url()}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}

/** The page is no wider than the window: only tables scroll sideways, in themselves. */
export async function expectNoSidewaysScroll(page: Page, where = page.url()): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(wide, `${where} makes the page wider than the window`).toBeLessThanOrEqual(0)
}
