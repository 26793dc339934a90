// The list of ten thousand users: search, sort, filter and pages, whose state is in the address.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectNoSidewaysScroll,
  expectRowVisible,
  heading,
  outcome,
  passSignIn,
  Portal,
  rows,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

test.use({ users: 10_000 })

/** The generated users, the demo accounts and the special users. */
const ALL = '10,013'
const LOWER_CASE = (text: string) => text.toLowerCase()

const list = (page: Page) => page.getByRole('table', { name: 'Users' })
const searchBox = (page: Page) => page.getByRole('searchbox', { name: 'Search users' })
const stateFilter = (page: Page) => page.getByRole('combobox', { name: 'State' })
const column = async (page: Page, name: string) => (await rows(list(page))).map((row) => row[name] ?? '')
/** Without the column of the checkboxes, whose heading has no text. */
const headings = async (page: Page) => (await list(page).getByRole('columnheader').allInnerTexts()).filter(Boolean)
const inAddress = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)
const summary = (page: Page) => page.getByRole('main').getByText(/^(Rows \d|No match)/).and(page.getByRole('paragraph')).last()

withAndWithoutJavaScript((js) => {
  /** Searches: typing suffices with scripts; without them, Enter searches. */
  async function search(page: Page, text: string): Promise<void> {
    await searchBox(page).fill(text)
    if (!js) await searchBox(page).press('Enter')
    await expect.poll(() => inAddress(page).q ?? '').toBe(text)
  }

  for (const user of ['helpdesk', 'auditor']) {
    test(`${user} finds a user by name, e-mail and id`, async ({ page, portal }) => {
      const id = (await portal.userPath('svc-backup')).replace('/users/', '')
      await enter(page, portal, user, '/users')
      await expect(summary(page)).toHaveText(`Rows 1–25 of ${ALL}`)
      await page.evaluate(() => Object.assign(window, { stayed: true }))
      for (const [text, expected] of [
        ['Chidi Okafor', { 'User name': 'c.okafor', State: 'Locked', Name: 'Chidi Okafor' }],
        ['LAYLA.HADDAD@example.com', { 'User name': 'layla.haddad', Name: 'ليلى حداد' }],
        ['حداد', { 'User name': 'layla.haddad' }],
        [id, { 'User name': 'svc-backup', 'E-mail': '—' }],
        ["O'Brien <\"&\">", { 'User name': 'o.brien', Name: '=Órla O\'Brien <"&">, Jr.' }],
      ] as const) {
        await search(page, text)
        await expect(list(page).getByRole('row')).toHaveCount(2)
        await expectRowVisible(list(page), expected)
        await expect(summary(page)).toHaveText(`Rows 1–1 of 1 matching, ${ALL} users in all`)
      }
      if (js) {
        expect(await page.evaluate(() => 'stayed' in window), 'the page is not reloaded').toBe(true)
        await expect(searchBox(page)).toBeFocused()
      }
      await list(page).getByRole('link', { name: 'o.brien' }).click()
      await expect(heading(page)).toHaveText('o.brien')
    })
  }

  for (const [name, of] of [
    ['User name', LOWER_CASE],
    ['E-mail', LOWER_CASE],
    ['Created', LOWER_CASE],
    ['State', (text: string) => (text === 'Locked' ? '0' : '1')],
    ['Name', undefined],
  ] as const) {
    test(`sorts by ${name} in both directions`, async ({ page, portal }) => {
      await enter(page, portal, 'helpdesk', '/users?q=example.com')
      const header = list(page).getByRole('columnheader', { name, exact: true })
      const seen: string[][] = []
      for (const order of ['ascending', 'descending'] as const) {
        await header.getByRole('link').click()
        await expect(header).toHaveAttribute('aria-sort', order)
        const cells = await column(page, name)
        expect(cells).toHaveLength(25)
        if (of) {
          const keys = cells.map(of)
          const sorted = [...keys].sort()
          expect(keys).toEqual(order === 'ascending' ? sorted : sorted.reverse())
        }
        seen.push(cells)
      }
      expect(seen[0]).not.toEqual(seen[1])
      await expect(list(page).locator('[aria-sort]')).toHaveCount(1)
    })
  }

  test('filters by state, pages, and stores everything in the address', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/users')
    await search(page, 'example')
    await stateFilter(page).selectOption('Locked')
    if (!js) await button(page, 'Search').click()
    // Without scripts, the form sends the menu of columns too: its last column and its number of rows.
    const menu = js ? {} : { 'show[]': 'created', show_rows: '25' }
    await expect.poll(() => inAddress(page)).toEqual({ q: 'example', state: 'locked', ...menu })
    await expect.poll(async () => new Set(await column(page, 'State'))).toEqual(new Set(['Locked']))

    await list(page).getByRole('link', { name: 'E-mail' }).click()
    await page.locator('summary', { hasText: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'ID' }).check()
    await page.getByRole('checkbox', { name: 'Created' }).uncheck()
    await page.getByRole('combobox', { name: 'Rows a page' }).selectOption('50')
    await button(page, 'Show').click()
    await expect.poll(() => headings(page)).toEqual(['User name', 'Name', 'E-mail', 'State', 'ID'])
    const first = await column(page, 'E-mail')
    expect(first).toHaveLength(50)

    const pages = page.getByRole('navigation', { name: 'Pages' })
    await expect(pages.getByRole('link', { name: 'Previous page' })).toHaveAttribute('aria-disabled', 'true')
    await pages.getByRole('link', { name: 'Next page' }).click()
    await expect(page).toHaveURL(/page=2/)
    const second = await column(page, 'E-mail')
    expect(second.filter((mail) => first.includes(mail))).toEqual([])
    expect([...first, ...second]).toEqual([...first, ...second].sort())
    const last = pages.getByRole('link', { name: 'Last page' })
    if (await last.getAttribute('href')) await last.click()
    await expect(pages.getByRole('link', { name: 'Next page' })).toHaveAttribute('aria-disabled', 'true')

    const here = page.url()
    const expectSame = async () => {
      await expect(page).toHaveURL(here)
      await expect(searchBox(page)).toHaveValue('example')
      await expect(stateFilter(page)).toHaveValue('locked')
      expect(await headings(page)).toEqual(['User name', 'Name', 'E-mail', 'State', 'ID'])
      await expect(list(page).getByRole('columnheader', { name: 'E-mail' })).toHaveAttribute('aria-sort', 'ascending')
      await expect(pages.getByRole('link', { name: 'Next page' })).toHaveAttribute('aria-disabled', 'true')
    }
    const shown = await column(page, 'User name')
    await page.reload()
    await expectSame()
    await list(page).getByRole('link', { name: shown[0]!, exact: true }).click()
    await expect(heading(page)).toHaveText(shown[0]!)
    await page.goBack()
    await expectSame()
    expect(await column(page, 'User name')).toEqual(shown)
  })

  test('an empty result has a link to the whole list', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/users?sort=-email')
    await search(page, 'zzz-unknown')
    await expect(page.getByText('Nothing matches “zzz-unknown”')).toBeVisible()
    await expect(list(page)).toHaveCount(0)
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Clear the search' }).click()
    await expect(page).toHaveURL('/users?sort=-email')
    await expect(summary(page)).toHaveText(`Rows 1–25 of ${ALL}`)
    await expect(searchBox(page)).toHaveValue('')
  })

  test('any search text is safe', async ({ page, portal }) => {
    page.on('dialog', (dialog) => {
      throw new Error(`a script ran: ${dialog.message()}`)
    })
    await enter(page, portal, 'helpdesk', '/users')
    for (const text of [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '</title><svg onload=alert(1)>',
      '\u202egnirts lortnoc\u202c ليلى',
      '👩‍👩‍👧‍👦🏳️‍🌈',
      "'; DROP TABLE users; --",
      '%00%0d%0aSet-Cookie: a=b',
      'W'.repeat(3_000),
    ]) {
      const response = await page.goto(`/users?q=${encodeURIComponent(text)}`)
      expect(response?.status(), text.slice(0, 40)).toBe(200)
      await expect(searchBox(page)).toHaveValue([...text].slice(0, 200).join(''))
      await expect(summary(page)).toHaveText(`No match in ${ALL} users`)
      await expectNoSidewaysScroll(page, text.slice(0, 40))
    }
    for (const query of ['page=99999', 'page=-1&sort=nothing&per_page=7', 'state=%FF&columns=x&q=', 'page=1e9']) {
      const response = await page.goto(`/users?${query}`)
      expect(response?.status(), query).toBe(200)
      await expect(summary(page)).toContainText(`of ${ALL}`)
      expect((await column(page, 'User name')).length).toBeGreaterThan(0)
    }
  })

  test('the officer sees the missing permission', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enter(page, portal, 'officer')
    await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Users' })).toHaveCount(0)
    await portal.simulator.clearCalls()
    const response = await page.goto('/users')
    expect(response?.status()).toBe(403)
    await expect(outcome(page, 'alert')).toContainText('user_manager_viewer')
    await expect(page.getByRole('table')).toHaveCount(0)
    expect(await portal.simulator.calls(), 'nothing reached the cluster').toEqual([])
  })
})

test('typing filters the list by the last input and announces the count', async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk', '/users')
  await searchBox(page).pressSequentially('layla.haddad', { delay: 15 })
  await expectRowVisible(list(page), { 'User name': 'layla.haddad' })
  await expect(page).toHaveURL('/users?q=layla.haddad')
  // The announcement of a screen reader.
  await expect(page.locator('[aria-live=polite]').filter({ hasText: 'Rows 1–1 of 1 matching' })).toBeAttached()
  await searchBox(page).fill('')
  await expect(page).toHaveURL('/users')
  await expect(summary(page)).toHaveText(`Rows 1–25 of ${ALL}`)
})

test('a session that ends while typing leads to the sign-in page and back to the search', async ({ page, portal, context }) => {
  await enter(page, portal, 'helpdesk', '/users')
  await context.clearCookies()
  await searchBox(page).fill('alpha')
  await expect(page).toHaveURL((url) => url.pathname === '/sign-in' && url.searchParams.get('next') === '/users?q=alpha')
})

test.describe('the calls of a list to the cluster', () => {
  const pages = async (portal: Portal) => (await portal.simulator.calls()).filter((call) => call.path.endsWith('/users'))

  test('one call per thousand users when cold, at most one when warm', async ({ page, browser }) => {
    const users = 2_400
    const portal = await Portal.start({ users, tokenMode: 'claims', pim: 'seeded', demo: false, deployApproval: false })
    try {
      await enter(page, portal, 'helpdesk', '/session')
      await portal.simulator.clearCalls()
      await page.goto(`${portal.url}/users`)
      await expect(summary(page)).toContainText('of 2,413')
      expect(await pages(portal), 'cold').toHaveLength(3)

      await portal.simulator.clearCalls()
      for (const query of ['', '?q=lind', '?sort=-created', '?page=40', '?state=locked']) {
        await page.goto(`${portal.url}/users${query}`)
      }
      expect(await portal.simulator.calls(), 'warm, the same session').toEqual([])

      const other = await browser.newContext()
      await passSignIn(other.request, portal, 'auditor')
      await portal.simulator.clearCalls()
      const second = await other.newPage()
      await second.goto(`${portal.url}/users`)
      await expect(second.getByRole('table')).toBeVisible()
      expect((await portal.simulator.calls()).length, 'warm, another session').toBeLessThanOrEqual(1)
      await other.close()

      await portal.simulator.clearCalls()
      await page.getByRole('link', { name: 'Refresh' }).click()
      await expect(page).toHaveURL(/fresh=1/)
      await expect(list(page)).toBeVisible()
      expect(await pages(portal), 'after a refresh').toHaveLength(3)
    } finally {
      await portal.stop()
    }
  })

  test('a cluster that fails while the list loads shows a message', async ({ page, portal, watch }) => {
    watch.allowStatus(502, 503)
    await enter(page, portal, 'helpdesk')
    await portal.simulator.faults([{ path: '/pty/v1/auth/users', fault: { status: 503, body: 'no healthy upstream' } }])
    const response = await page.goto('/users?fresh=1')
    expect([502, 503]).toContain(response?.status())
    await expect(outcome(page, 'alert')).toContainText(/Request id/)
    await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible()
    await portal.simulator.clearFaults()
    await page.getByRole('link', { name: 'Try again' }).click()
    await expect(list(page)).toBeVisible()
  })
})
