// Entra ID: the configuration, the searches, and the import after a dry run.
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import {
  button,
  doubleClickHeld,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  facts,
  heading,
  hydrated,
  outcome,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

const TENANT = '5b1c8e7a-0d3f-4c55-9a6e-3f2b7d90c1e4'
const SECRET = 'Hush-Hush-4711'
const WRONG = 'wrong-secret'
const ROLE = 'directory_viewer'

const ODD = ['<script>alert(1)</script>', '\u202egnirts \u0644\u064a\u0644\u0649', '👩‍👩‍👧‍👦🏳️‍🌈']

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const secret = (page: Page) => page.getByLabel('Client secret')
const chosen = (page: Page, what = 'Users') => page.getByRole('list', { name: `${what} to import`, exact: true })
const tab = (page: Page, name: string) => page.getByRole('navigation', { name: 'Entra ID' }).getByRole('link', { name })
const config = async (portal: Portal) =>
  (await (await portal.simulator.asAdmin()).call('GET', '/federation/entra/config')) as Record<string, unknown>
const made = async (portal: Portal, method: string, path: string) =>
  (await portal.simulator.calls()).filter((call) => call.method === method && call.path === `/pty/v1/auth${path}`)

withAndWithoutJavaScript((js) => {
  test('shows the configuration and tests the stored connection', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/entra')
    await expect(heading(page)).toHaveText('Entra ID')
    expect(await facts(page)).toMatchObject({
      State: 'Enabled',
      'Client secret': expect.stringContaining('Never shown'),
      Created: '2026-01-16 11:02 UTC',
      Updated: '2026-01-20 13:26 UTC',
    })
    await expect(page.getByText('without a zone')).toBeVisible()
    await button(page, 'Test connection').click()
    await expect(outcome(page, 'status')).toContainText('The connection to Entra ID works.')
    await expect(outcome(page, 'status')).toContainText('260 users')
  })

  test('refuses an invalid configuration and keeps the input', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'helpdesk', '/entra/edit')
    const before = await config(portal)
    for (const [tenant, client] of [
      ['', ''],
      ['contoso', ''],
      ...ODD.map((text) => [text, 'x'] as const),
    ] as const) {
      await field(page, 'Tenant ID').fill(tenant)
      await field(page, 'Client ID').fill(client)
      await secret(page).fill('')
      await button(page, 'Save').click()
      await expect(field(page, 'Tenant ID')).toHaveAttribute('aria-invalid', 'true')
      await expect(field(page, 'Tenant ID')).toHaveAccessibleDescription(/must/)
      await expect(field(page, 'Tenant ID')).toHaveValue([...tenant].join('').slice(0, 36))
      await expect(field(page, 'Client ID')).toHaveValue(client)
      await expect(secret(page)).toHaveAccessibleDescription(/Type the client secret, .*the cluster does not return the stored one/)
    }
    await field(page, 'Tenant ID').fill(TENANT)
    await field(page, 'Client ID').evaluate((input) => input.removeAttribute('maxlength'))
    await field(page, 'Client ID').fill('W'.repeat(3_000))
    await secret(page).fill(SECRET)
    await button(page, 'Save').click()
    await expect(field(page, 'Client ID')).toHaveAccessibleDescription(/longer than 128/)
    await expect(secret(page)).toHaveValue(js ? SECRET : '')
    if (!js) await expect(secret(page)).toHaveAccessibleDescription(/type it again/)
    expect(await page.content()).not.toContain(SECRET)
    expect(await config(portal)).toEqual(before)
    if (js) await expectNoAxe(page)
  })

  test("tests the form's credentials without storing them, then stores them", async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'helpdesk', '/entra')
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    const fill = async (value: string) => {
      await hydrated(page)
      await field(page, 'Tenant ID').fill(TENANT)
      await field(page, 'Client ID').fill('an-application')
      await secret(page).fill(value)
    }
    const expectKept = async () => {
      await expect(field(page, 'Tenant ID')).toHaveValue(TENANT)
      await expect(field(page, 'Client ID')).toHaveValue('an-application')
    }
    await fill(WRONG)
    await button(page, 'Test').click()
    await expect(outcome(page, 'alert')).toContainText('AADSTS7000215')
    await expectKept()
    await fill(SECRET)
    await button(page, 'Test').click()
    await expect(outcome(page, 'status').filter({ hasText: 'The connection works.' })).toContainText('Nothing was stored.')
    await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0)
    await expectKept()
    expect((await config(portal)).tenantId).not.toBe(TENANT)
    if (js) await expectNoAxe(page)

    await fill(SECRET)
    await page.getByRole('checkbox', { name: 'Enabled' }).uncheck()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The Entra ID configuration is stored.')
    expect(await facts(page)).toMatchObject({ State: expect.stringContaining('Not enabled') })
    expect(await config(portal)).toMatchObject({ tenantId: TENANT, clientId: 'an-application', enabled: false })
    expect(await made(portal, 'PUT', '/federation/entra/config')).toHaveLength(1)

    await tab(page, 'Users in Entra ID').click()
    await expect(page.getByText('The Entra ID configuration is not enabled')).toBeVisible()
    await page.getByRole('link', { name: 'To the configuration' }).click()
    await expect(page).toHaveURL('/entra')
  })

  test('deletes the configuration after a warning, and creates a new one', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/entra')
    await button(page, 'Delete').click()
    const asked = page.getByRole('dialog', { name: 'Delete the Entra ID configuration?' })
    await expect(asked).toContainText('Entra ID can no longer be searched or imported from')
    await button(asked, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('is deleted')
    await expect(page.getByText('Entra ID is not configured')).toBeVisible()
    if (js) await expectNoAxe(page)
    await page.goto('/entra/import')
    await expect(page.getByText('Entra ID is not configured')).toBeVisible()

    await page.goto('/entra')
    await page.getByRole('link', { name: 'Configure', exact: true }).click()
    await hydrated(page)
    await field(page, 'Tenant ID').fill(TENANT)
    await field(page, 'Client ID').fill('an-application')
    await secret(page).fill(SECRET)
    await button(page, 'Configure').click()
    await expect(outcome(page, 'status')).toContainText('is stored')
    expect(await made(portal, 'POST', '/federation/entra/config')).toHaveLength(1)
  })

  test('pages through users, groups and members', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/entra/users')
    await expect(page.getByText('Rows 1–25, and there are more')).toBeVisible()
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(page).toHaveURL('/entra/users?page=2')
    await expect(page.getByText('Rows 26–50, and there are more')).toBeVisible()
    const search = page.getByRole('searchbox', { name: 'Search users in Entra ID' })
    await search.fill('يوسف')
    await search.press('Enter')
    await expectRowVisible(tableOf(page, 'Users in Entra ID'), {
      'User principal name': 'yusuf.alamin@example.com',
      Name: 'يوسف الأمين',
    })
    await expect(page.getByRole('checkbox')).toHaveCount(0)
    await expect(button(page, 'Import users')).toHaveAttribute('aria-disabled', 'true')
    await expect(button(page, 'Import users')).toHaveAccessibleDescription(/user_manager_admin/)

    await tab(page, 'Groups in Entra ID').click()
    await page.getByRole('searchbox', { name: 'Search groups in Entra ID' }).fill('R&D')
    await button(page, 'Search').click()
    await page.getByRole('link', { name: 'R&D <Lab>' }).click()
    await expect(heading(page)).toHaveText('R&D <Lab>')
    await expectRowVisible(tableOf(page, 'Members'), { 'User principal name': 'angle.bracket@example.com', Name: /^<b>Angela/ })
    if (js) await expectNoAxe(page)
    await page.getByRole('searchbox', { name: 'Search members' }).fill('unknown')
    await button(page, 'Search').click()
    await expect(page.getByText('No member matches “unknown”')).toBeVisible()
    await expect(heading(page)).toHaveText('R&D <Lab>')
  })

  test('any search text is safe', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/entra/users')
    for (const text of [...ODD, '"><img src=x onerror=alert(1)>', '%00%0d%0aSet-Cookie: a=b', 'W'.repeat(3_000)]) {
      const response = await page.goto(`/entra/users?q=${encodeURIComponent(text)}`)
      expect(response?.status(), text.slice(0, 40)).toBe(200)
      await expect(page.getByText('Nothing matches')).toBeVisible()
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      expect(wide, text.slice(0, 40)).toBeLessThanOrEqual(0)
    }
  })

  /** Searches on the form and selects a result. */
  async function choose(page: Page, text: string, name: string, what = 'Users'): Promise<void> {
    await hydrated(page)
    await page.getByRole('searchbox', { name: `Search ${what.toLowerCase()} in Entra ID` }).fill(text)
    if (!js) await button(page, 'Find').click()
    await page.getByRole('list', { name: 'Found' }).getByRole('checkbox', { name }).check()
    if (js) await expect(chosen(page, what).getByRole('checkbox', { name })).toBeChecked()
  }

  test('imports users after a dry run and shows the result of each', async ({ page, portal }) => {
    test.slow()
    await enter(page, portal, 'helpdesk', '/entra/import')
    await page.getByRole('link', { name: 'Users', exact: true }).last().click()
    await choose(page, 'john', 'john.doe@example.com')
    await choose(page, 'fails', 'fails@example.com')
    await choose(page, 'alpha', 'alpha@example.com')
    await choose(page, 'mixed', 'Mixed.Case@Example.com')
    await page.getByRole('checkbox', { name: new RegExp(`^${ROLE}`) }).check()
    if (js) await expectNoAxe(page)
    await button(page, 'Dry run').click()

    await expect(page).toHaveURL(/\/jobs\/\w+$/)
    await expect(outcome(page, 'alert')).toContainText('The dry run failed for 1 of 4 users.')
    await expect(outcome(page, 'alert')).toContainText('Nothing has been imported yet.')
    const tried = tableOf(page, 'What was tried')
    await expectRowVisible(tried, { 'User principal name': 'alpha@example.com', 'In the cluster now': 'Already there: alpha' })
    await expectRowVisible(tried, { 'User principal name': 'john.doe@example.com', Name: 'John Doe', 'In the cluster now': 'Not yet' })
    expect(await made(portal, 'POST', '/federation/entra/users'), 'the dry run alone').toHaveLength(1)
    if (js) await expectNoAxe(page)

    // The form still has the selection after a return from the dry run.
    await page.getByRole('link', { name: 'Change the selection' }).click()
    await hydrated(page)
    await expect(chosen(page).getByRole('checkbox', { checked: true })).toHaveCount(4)
    await expect(page.getByRole('checkbox', { name: new RegExp(`^${ROLE}`) })).toBeChecked()
    await button(page, 'Dry run').click()
    await hydrated(page)

    await button(page, 'Import 4 users').click()
    await expect(page.getByText('3 of 4 users are there now.')).toBeVisible()
    await expect(outcome(page, 'alert')).toContainText('2 created, 1 already there before, 1 not found afterwards.')
    const done = tableOf(page, 'Results')
    for (const [name, result, user] of [
      ['john.doe@example.com', 'Created', 'john.doe@example.com'],
      ['fails@example.com', 'Not found afterwards', ''],
      ['alpha@example.com', 'Already there before', 'alpha'],
      ['Mixed.Case@Example.com', 'Created', 'mixed.case@example.com'],
    ] as const) {
      await expectRowVisible(done, { 'User principal name': name, Outcome: result, User: user })
    }
    if (js) await expectNoAxe(page)

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the result' }).click(),
    ])
    const csv = await readFile(await download.path(), 'utf8')
    expect(csv).toContain('fails@example.com,Fenna Fails,fails@example.com,Not found afterwards,,')

    await page.reload()
    await expect(page.getByRole('button', { name: /^Import/ })).toHaveCount(0)
    await done.getByRole('link', { name: 'mixed.case@example.com' }).click()
    await expect(heading(page)).toHaveText('mixed.case@example.com')
  })

  test('imports a group with its members', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'helpdesk', '/entra/groups?q=Pilot')
    await page.getByRole('checkbox', { name: 'Import Pilot' }).check()
    await button(page, 'Import the ticked ones').click()
    await hydrated(page)
    await expect(chosen(page, 'Groups').getByRole('checkbox', { name: 'Pilot' })).toBeChecked()
    await choose(page, 'Empty', 'Empty group', 'Groups')
    await page.getByRole('checkbox', { name: 'Import the members of the groups' }).check()
    await button(page, 'Dry run').click()
    await expect(page.getByText('every user must have one')).toBeVisible()
    await hydrated(page)
    await page.getByRole('checkbox', { name: new RegExp(`^${ROLE}`) }).check()
    await button(page, 'Dry run').click()
    await expect(outcome(page, 'status')).toContainText('The dry run passed for 2 groups.')
    await expect(outcome(page, 'status')).toContainText('5 members')
    await hydrated(page)
    await button(page, 'Import 2 groups').click()
    await expect(outcome(page, 'status')).toContainText('All 2 groups are there now.')
    await expectRowVisible(tableOf(page, 'Results'), {
      Name: 'Pilot',
      Outcome: 'Created',
      Group: 'Pilot (4 members)',
    })
  })

  test('a missing choice shows a message at its field', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'helpdesk', '/entra/import?what=users')
    await button(page, 'Dry run').click()
    await expect(page.getByText('Choose at least one user.')).toBeVisible()
    await expect(page.getByText('Choose at least one role: every user must have one.')).toBeVisible()
    await page.goto(`/entra/import?what=users&pick=${encodeURIComponent('["<script>alert(1)</script>","","","👩‍👩‍👧‍👦"]')}&pick=broken`)
    await expect(chosen(page).getByRole('checkbox', { name: /<script>/ })).toBeChecked()
    await expect(chosen(page).getByRole('checkbox')).toHaveCount(1)
    expect(await made(portal, 'POST', '/federation/entra/users')).toEqual([])
  })

  test('without the permission, the page names it', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enter(page, portal, 'auditor', '/entra')
    for (const name of ['Edit', 'Delete', 'Test connection']) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, name)).toHaveAccessibleDescription(/user_manager_admin/)
    }
    for (const path of ['/entra/edit', '/entra/import']) {
      expect((await page.goto(path))?.status(), path).toBe(403)
      await expect(outcome(page, 'alert')).toContainText('user_manager_admin')
    }
    await enter(page, portal, 'officer', '/session')
    await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Entra ID' })).toHaveCount(0)
    expect((await page.goto('/entra/users'))?.status()).toBe(403)
    await expect(outcome(page, 'alert')).toContainText('user_manager_viewer')
  })
})

test('a double click sends one import', async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk', `/entra/import?what=users&pick=${encodeURIComponent('["john.doe@example.com","","",""]')}`)
  await page.getByRole('checkbox', { name: new RegExp(`^${ROLE}`) }).check()
  await button(page, 'Dry run').click()
  await expect(outcome(page, 'status')).toContainText('The dry run passed for 1 user.')
  await hydrated(page)
  await portal.simulator.clearCalls()
  const path = '/pty/v1/auth/federation/entra/users'
  const forms = await doubleClickHeld(button(page, 'Import 1 user'), portal, { method: 'POST', path })
  await expect(outcome(page, 'status')).toContainText('The user is there now.')
  expect(forms).toEqual(['/api/jobs/continue'])
  expect(await portal.simulator.held()).toEqual([])
  expect(await made(portal, 'POST', '/federation/entra/users')).toHaveLength(1)
})

test('a failing cluster shows a message and keeps the selection', async ({ page, portal, watch }) => {
  watch.allowStatus(502, 503)
  await enter(page, portal, 'helpdesk', `/entra/import?what=users&pick=${encodeURIComponent('["john.doe@example.com","","",""]')}`)
  await portal.simulator.faults([{ path: '/pty/v1/auth/federation/entra/users', fault: { status: 503, body: 'no healthy upstream' } }])
  await page.getByRole('checkbox', { name: new RegExp(`^${ROLE}`) }).check()
  await button(page, 'Dry run').click()
  await expect(page.getByRole('main').locator('[data-form-error]')).toContainText(/Request id/)
  await expect(chosen(page).getByRole('checkbox', { name: 'john.doe@example.com' })).toBeChecked()
  await portal.simulator.clearFaults()
  await button(page, 'Dry run').click()
  await expect(outcome(page, 'status')).toContainText('The dry run passed for 1 user.')
})
