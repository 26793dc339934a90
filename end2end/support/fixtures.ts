// `test` with a portal as a fixture, and the helpers of the tests.
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type APIRequestContext, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { Portal, type PortalOptions } from './portal'
import { PASSWORD, TOKEN_MODES, type FaultRule } from './simulator'
import { Watch } from './watch'

export { expect, PASSWORD, Portal, TOKEN_MODES }

export type WorkerOptions = PortalOptions

interface Options {
  /** Whether the browser runs scripts. Every page works with and without them. */
  js: boolean
}

interface Fixtures {
  /** Fails the test on errors that no test may cause; see `watch.ts`. */
  watch: Watch
}

const scriptless = new WeakSet<BrowserContext>()

export const test = base.extend<Options & Fixtures, WorkerOptions & { portal: Portal }>({
  users: [50, { option: true, scope: 'worker' }],
  tokenMode: ['claims', { option: true, scope: 'worker' }],
  pim: ['seeded', { option: true, scope: 'worker' }],
  demo: [false, { option: true, scope: 'worker' }],
  deployApproval: [false, { option: true, scope: 'worker' }],
  js: [true, { option: true }],

  portal: [
    async ({ users, tokenMode, pim, demo, deployApproval }, use) => {
      const portal = await Portal.start({ users, tokenMode, pim, demo, deployApproval })
      await use(portal)
      await portal.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  baseURL: ({ portal }, use) => use(portal.url),
  javaScriptEnabled: ({ js }, use) => use(js),

  watch: [
    async ({ context, portal, demo, js }, use, testInfo) => {
      await Promise.all([portal.simulator.reset(), portal.proofpoint.reset()])
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
      expect(findings, 'findings of the watch').toEqual([])
    },
    { auto: true },
  ],
})

/** Defines the same tests for a browser with scripts and for one without. */
export function withAndWithoutJavaScript(define: (js: boolean) => void): void {
  for (const js of [true, false]) {
    test.describe(js ? 'with JavaScript' : 'without JavaScript', () => {
      test.use({ js })
      define(js)
    })
  }
}

/** Fills and sends the sign-in form of the page. */
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

/** Opens a page as a signed-in user. It sends the sign-in form without its page, which `sign-in.spec.ts` tests. */
export async function enter(page: Page, portal: Portal, user: string, path = '/'): Promise<void> {
  await passSignIn(page.context().request, portal, user)
  await page.goto(portal.url + path)
  await hydrated(page)
}

/**
 * Opens a page as a signed-in user with current lists of users and groups. The portal caches these lists for a minute,
 * but the reset before each test changes the cluster without the portal.
 */
export async function enterRefreshed(page: Page, portal: Portal, user: string, path = '/'): Promise<void> {
  await passSignIn(page.context().request, portal, user)
  for (const list of ['/users?fresh=1', '/groups?fresh=1']) await page.context().request.get(portal.url + list)
  await page.goto(portal.url + path)
  await hydrated(page)
}

/** Signs a user in with the cookies of these requests. */
export async function passSignIn(request: APIRequestContext, portal: Portal, user: string): Promise<void> {
  const response = await request.post(`${portal.url}/api/sign-in`, {
    headers: { origin: portal.url, accept: 'text/html' },
    form: { user_name: user, password: PASSWORD },
    maxRedirects: 0,
  })
  expect(response.status(), `${user} signs in`).toBe(303)
}

/** Connects the session of these requests with an account at Proofpoint. */
export async function passConnect(request: APIRequestContext, portal: Portal, email: string): Promise<void> {
  const response = await request.post(`${portal.url}/api/proofpoint/connect`, {
    headers: { origin: portal.url, accept: 'text/html' },
    form: { email, password: PASSWORD },
    maxRedirects: 0,
  })
  expect(response.status(), `${email} connects`).toBe(303)
  // The page that says so.
  await request.get(`${portal.url}/proofpoint`)
}

/** Waits until the islands are hydrated. Without scripts there is nothing to wait for. */
export async function hydrated(page: Page): Promise<void> {
  if (!scriptless.has(page.context())) {
    await expect(page.locator('body[data-hydrated]')).toBeAttached()
  }
}

export const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true })

export const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 })

/** Saves a change on the page that shows what it does. */
export async function saveReviewed(page: Page): Promise<void> {
  await expect(heading(page)).toHaveText(/^Review the change of /)
  await button(page, 'Save').click()
}

/** Fills a field without its length limit, as a script could. */
export async function overfill(field: Locator, text: string): Promise<void> {
  await field.evaluate((element) => element.removeAttribute('maxlength'))
  await field.fill(text)
}

/**
 * Double-clicks a control while the cluster holds the request that it leads to, and then releases this one request.
 * Returns the paths of the forms that the page sends; a second form appears in it too.
 */
export async function doubleClickHeld(
  control: Locator,
  portal: Portal,
  rule: Pick<FaultRule, 'method' | 'path'>,
): Promise<string[]> {
  const forms: string[] = []
  control.page().on('request', (request) => {
    if (request.method() === 'POST') forms.push(new URL(request.url()).pathname)
  })
  await portal.simulator.faults([{ ...rule, fault: 'hold' }])
  await control.dblclick()
  await expect.poll(() => portal.simulator.held()).toHaveLength(1)
  await portal.simulator.release(1)
  return forms
}

/** The status or the alert in the page's content. */
export const outcome = (page: Page, role: 'status' | 'alert'): Locator => page.getByRole('main').getByRole(role)

/** A table inside a region, by the name of the region. */
export const tableOf = (page: Page, name: string): Locator => page.getByRole('region', { name }).getByRole('table')

/** The description list of a page, by its terms. */
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

/** The texts of a row, by the headings of the columns. */
export type Row = Record<string, string>

/** Reads the rows of a table. A heading may contain a link or button for sorting, whose text is the column's name. */
export async function rows(table: Locator): Promise<Row[]> {
  return table.evaluate((element) => {
    const text = (cell: Element) => (cell as HTMLElement).innerText.replace(/\s+/g, ' ').trim()
    const headings = [...element.querySelectorAll('thead th')].map(text)
    return [...element.querySelectorAll('tbody tr')].map((row) =>
      Object.fromEntries([...row.children].map((cell, index) => [headings[index] ?? `#${index}`, text(cell)])),
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

/** Waits for a row with these values in the columns with these headings. */
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

/** Checks that axe finds no violations, in the light and in the dark colour scheme. */
export async function expectNoAxe(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // The next frame has the new colours; the top layer may need a second one.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const { violations } = await new AxeBuilder({ page }).withTags(AXE_RULES).analyze()
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id} (${help}): ${node.target.join(' ')}`),
    )
    expect(found, `violations at ${page.url()}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}

/** Checks that the page is no wider than the window. Only a table scrolls sideways, inside its region. */
export async function expectNoSidewaysScroll(page: Page, where = page.url()): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(wide, `${where}: pixels beyond the window`).toBeLessThanOrEqual(0)
}
