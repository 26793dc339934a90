// Bulk jobs on users: the selection, the confirmation, the run, stop, retry, and the result of each row.
import { readFile } from 'node:fs/promises'
import type { Download, Locator, Page } from '@playwright/test'
import {
  button,
  enterRefreshed,
  expect,
  expectNoAxe,
  expectNoSidewaysScroll,
  expectRowVisible,
  heading,
  outcome,
  passSignIn,
  type Portal,
  type Row,
  rows,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

const LOCKS = '/pty/v1/auth/users/*/lock'

const tick = (page: Page, name: string): Locator => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const result = (page: Page): Locator => tableOf(page, 'Outcome table')
const progress = (page: Page): Locator => page.getByRole('progressbar')
const outcomes = async (page: Page): Promise<Row[]> => rows(result(page))
const howMany = async (page: Page, state: string): Promise<number> =>
  (await outcomes(page)).filter((row) => row.Outcome === state).length

/** Selects users in the list of this query, and presses the button of a bulk action. */
async function choose(page: Page, users: string[], what: string, query = ''): Promise<void> {
  await page.goto(`/users${query}`)
  for (const user of users) await tick(page, user).check()
  await button(page, what).click()
}

/** Confirms the bulk action, and waits until the job is finished. */
async function confirm(page: Page, what: string): Promise<void> {
  await button(page, what).click()
  await over(page)
}

async function over(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f]{32}$/)
  await expect(page.getByText(/Finished\.$/)).toBeVisible()
  await expect(button(page, 'Stop')).toHaveCount(0)
}

async function download(page: Page, click: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), click()])
  return { name: (file as Download).suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

const field = (page: Page): Locator => page.getByRole('textbox', { name: /^Type “delete \d+” to go on$/ })

const locks = async (portal: Portal): Promise<number> =>
  (await portal.simulator.calls()).filter((call) => call.path.endsWith('/lock')).length

/** The names of the first generated users with an open account and an email. */
async function people(portal: Portal, count: number): Promise<string[]> {
  const users = (await (await portal.simulator.asAdmin()).call('GET', '/users?first=0&max=1000')) as {
    username: string
    email?: string
    enabled: boolean
  }[]
  const generated = users.filter((user) => user.enabled && /^[a-z-]+\.[a-z-]+$/.test(user.username) && user.email)
  const names = generated.map((user) => user.username).filter((name) => name !== 'layla.haddad')
  return names.sort().slice(0, count)
}

withAndWithoutJavaScript((js) => {
  test.beforeEach(({ page }) => {
    page.on('dialog', (asked) => {
      throw new Error(`a script ran: ${asked.message()}`)
    })
  })

  test('a selection is locked, and unlocked with one password per user', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk')
    await page.goto('/users?q=example.com&per_page=100')
    const chosen = ['alpha', 'layla.haddad']
    for (const user of chosen) await tick(page, user).check()
    if (js) await expect(page.getByText('2 selected')).toBeVisible()
    await button(page, 'Lock').click()
    await expect(heading(page)).toHaveText('Lock 2 users?')
    await expectRowVisible(tableOf(page, 'Chosen users'), { 'User name': 'layla.haddad', Name: 'ليلى حداد', State: 'Open' })
    if (js) await expectNoAxe(page)
    await expect(page.getByRole('link', { name: 'Cancel' })).toHaveAttribute('href', '/users')
    await confirm(page, 'Lock')
    await expect(heading(page)).toHaveText('Lock 2 users')
    await expect.poll(() => outcomes(page)).toEqual(chosen.map((Name) => ({ Name, Outcome: 'Done', 'What happened': 'Locked.' })))
    await expect(page.getByText('2 of 2, 2 done. Finished.')).toBeVisible()
    if (js) await expectNoAxe(page)
    const cluster = await portal.simulator.asAdmin()
    for (const user of chosen) expect(await cluster.isLocked(user), user).toBe(true)

    await choose(page, chosen, 'Unlock', '?state=locked&per_page=100')
    await confirm(page, 'Unlock')
    const words = (await outcomes(page)).map((row) => row['What happened'] ?? '')
    const passwords = words.map((text) => /^Unlocked\. Temporary password: (.{8,64})$/.exec(text)?.[1] ?? '')
    expect(new Set(passwords).size).toBe(2)
    for (const [at, user] of chosen.entries()) {
      expect(await portal.simulator.answerToLogin(user, passwords[at]!)).toContain('not fully set up')
    }
    const file = await download(page, () => page.getByRole('link', { name: 'Download the result' }).click())
    expect(file.name).toMatch(/^postern-result-\d{4}-\d\d-\d\d\.csv$/)
    for (const password of passwords) expect(file.text).toContain(password.replaceAll('"', '""'))
    await page.goto('/users')
    for (const password of passwords) expect(await page.content()).not.toContain(password)
  })

  test('ticked rows survive paging and searching', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk')
    await page.goto('/users?sort=username')
    const boxes = page.getByRole('checkbox', { name: /^Select (?!all)/ })
    const nameOf = async (at: number) => (await boxes.nth(at).getAttribute('value')) ?? ''
    const [first, second] = [await nameOf(0), await nameOf(1)]
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(page).toHaveURL((url) => url.searchParams.get('page') === '2')
    await expect(page.getByText('2 selected, 2 on other pages')).toBeVisible()
    const third = await nameOf(2)
    await boxes.nth(2).check()
    if (js) await expect(page.getByText('3 selected, 2 on other pages')).toBeVisible()

    const search = page.getByRole('searchbox', { name: 'Search users' })
    await search.fill('layla.haddad')
    if (!js) await search.press('Enter')
    await expect(tick(page, 'layla.haddad')).toBeVisible()
    await expect(boxes).toHaveCount(1)
    await expect(page.getByText('3 selected, 3 on other pages')).toBeVisible()
    await tick(page, 'layla.haddad').check()
    await search.fill('zzz-nothing')
    if (!js) await search.press('Enter')
    await expect(page.getByText('Nothing matches')).toBeVisible()
    await expect(page.getByText('4 selected, 4 on other pages')).toBeVisible()
    if (js) await expectNoAxe(page)

    await search.fill(first)
    if (!js) await search.press('Enter')
    await expect(tick(page, first)).toBeChecked()
    await tick(page, first).uncheck()
    await button(page, 'Lock').click()
    await expect(heading(page)).toHaveText('Lock 3 users?')
    const chosen = (await rows(tableOf(page, 'Chosen users'))).map((row) => row['User name'])
    expect(chosen.toSorted()).toEqual([second, third, 'layla.haddad'].toSorted())
  })

  test('ticked rows survive another order and other columns', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk')
    await page.goto('/users?q=a')
    const boxes = page.getByRole('checkbox', { name: /^Select (?!all)/ })
    const [first, second] = [await boxes.nth(0).getAttribute('value'), await boxes.nth(1).getAttribute('value')]
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    const heads = page.getByRole('columnheader')
    await heads.getByRole('link', { name: 'User name', exact: true }).click()
    await expect(heads.filter({ hasText: 'User name' })).toHaveAttribute('aria-sort', 'ascending')
    await expect(page.getByText(/^2 selected/)).toBeVisible()
    if (js) await expectNoAxe(page)
    await heads.getByRole('link', { name: 'User name', exact: true }).click()
    await expect(heads.filter({ hasText: 'User name' })).toHaveAttribute('aria-sort', 'descending')
    await expect(page.getByText(/^2 selected/)).toBeVisible()

    await boxes.nth(0).check()
    const third = await boxes.nth(0).getAttribute('value')
    await page.locator('summary', { hasText: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Created', exact: true }).uncheck()
    await page.getByRole('combobox', { name: 'Rows a page' }).selectOption('100')
    await button(page, 'Show').click()
    await expect(heads.filter({ hasText: 'Created' })).toHaveCount(0)
    await expect(page.getByText(/^3 selected/)).toBeVisible()
    await expect(page.getByRole('searchbox', { name: 'Search users' })).toHaveValue('a')
    await expect(heads.filter({ hasText: 'User name' })).toHaveAttribute('aria-sort', 'descending')
    expect(await boxes.count(), 'more rows than the usual page has').toBeGreaterThan(25)
    await button(page, 'Lock').click()
    await expect(heading(page)).toHaveText('Lock 3 users?')
    const chosen = (await rows(tableOf(page, 'Chosen users'))).map((row) => row['User name'] ?? '')
    expect(chosen.toSorted()).toEqual([first, second, third].toSorted())
  })

  test('a selection can be cleared, and the last tick taken away on its page', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk')
    await page.goto('/users?ids[]=alpha&ids[]=c.okafor&q=alpha')
    await expect(tick(page, 'alpha')).toBeChecked()
    await expect(page.getByText('2 selected, 1 on other pages')).toBeVisible()
    await page.getByRole('link', { name: 'Clear selection' }).click()
    await expect(tick(page, 'alpha')).not.toBeChecked()
    await expect(page.getByText(/selected/)).toBeHidden()

    await page.goto('/users?sort=username')
    const boxes = page.getByRole('checkbox', { name: /^Select (?!all)/ })
    await boxes.nth(0).check()
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(page.getByText('1 selected, 1 on other pages')).toBeVisible()
    await page.getByRole('link', { name: 'Previous page' }).click()
    await expect(boxes.nth(0)).toBeChecked()
    await boxes.nth(0).uncheck()
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(page).toHaveURL((url) => url.searchParams.get('page') === '2')
    await expect(page.getByText(/selected/)).toBeHidden()
  })

  test('no more rows are carried than an address can hold', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk')
    const many = Array.from({ length: 600 }, (_, at) => `ids[]=nobody-${at}`)
    await page.goto(`/users?${many.join('&')}`)
    await expect(page.getByText('500 selected, 500 on other pages')).toBeVisible()
    await expect(page.getByText('At most 500 rows can be ticked one by one')).toBeVisible()
  })

  test('a selection of all matches has the matching users only', async ({ page, portal }) => {
    const [first, second] = await people(portal, 2)
    const cluster = await portal.simulator.asAdmin()
    for (const user of [first!, second!]) await cluster.lock(user)
    await enterRefreshed(page, portal, 'admin')
    await page.goto(`/users?state=locked&q=${first}@`)
    await page.getByRole('checkbox', { name: /^All 1 that match/ }).check()
    await button(page, 'Delete').click()
    await expect(heading(page)).toHaveText('Delete 1 user?')
    await field(page).fill('delete 1')
    await confirm(page, 'Delete')
    await expect.poll(() => outcomes(page)).toEqual([{ Name: first, Outcome: 'Done', 'What happened': 'Deleted.' }])
    await page.goto(`/users?q=${first}@`)
    await expect(page.getByText('Nothing matches')).toBeVisible()
    expect(await cluster.isLocked(second!)).toBe(true)
  })

  test('deleting several users needs a typed confirmation', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    const chosen = await people(portal, 2)
    await enterRefreshed(page, portal, 'helpdesk')
    await choose(page, [...chosen, 'helpdesk'], 'Delete', '?per_page=100')
    await expect(page.getByText('Your own account, helpdesk, is left out')).toBeVisible()
    for (const typed of ['', 'delete 3', '<script>alert(1)</script>', 'מחק 2', '👩‍👧', 'x'.repeat(3000)]) {
      await field(page).fill(typed)
      await button(page, 'Delete').click()
      await expect(field(page)).toHaveAttribute('aria-invalid', 'true')
      await expect(field(page)).toHaveAccessibleDescription('Type “delete 2” to go on.')
      await expect(field(page)).toHaveValue(typed)
      await expectNoSidewaysScroll(page, typed.slice(0, 20))
    }
    if (js) await expectNoAxe(page)
    await field(page).fill('Delete 2')
    await confirm(page, 'Delete')
    await expect
      .poll(() => outcomes(page))
      .toEqual(chosen.map((Name) => ({ Name, Outcome: 'Done', 'What happened': 'Deleted.' })))
  })

  test('a role is added to the existing roles', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enterRefreshed(page, portal, 'helpdesk')
    await choose(page, ['alpha', 'auditor'], 'Assign a role', '?per_page=100')
    await expect(heading(page)).toHaveText('Assign a role to 2 users')
    const role = page.getByRole('combobox', { name: 'Role' })
    await button(page, 'Assign a role').click()
    await expect(role).toHaveAttribute('aria-invalid', 'true')
    await expect(role).toHaveAccessibleDescription('Choose a role.')
    if (js) await expectNoAxe(page)
    await role.selectOption('portal_auditor')
    await confirm(page, 'Assign a role')
    await expect.poll(() => outcomes(page)).toEqual([
      { Name: 'alpha', Outcome: 'Done', 'What happened': 'Assigned.' },
      { Name: 'auditor', Outcome: 'Done', 'What happened': 'Had the role already.' },
    ])
    await result(page).getByRole('link', { name: 'alpha' }).click()
    const roles = tableOf(page, 'Roles and what they grant')
    await expectRowVisible(roles, { Role: /^portal_auditor/ })
    await expectRowVisible(roles, { Role: /^directory_viewer/ })
  })

  test('users are added to a group with the permission to change groups', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enterRefreshed(page, portal, 'admin')
    await choose(page, ['alpha', 'c.okafor', 'svc-backup'], 'Add to a group', '?per_page=100')
    const group = page.getByRole('combobox', { name: 'Group' })
    await button(page, 'Add to a group').click()
    await expect(group).toHaveAccessibleDescription('Choose a group.')
    await group.selectOption({ label: 'developers' })
    await portal.simulator.clearCalls()
    await confirm(page, 'Add to a group')
    await expect.poll(() => outcomes(page)).toEqual([
      { Name: 'alpha', Outcome: 'Done', 'What happened': 'Was in developers already.' },
      { Name: 'c.okafor', Outcome: 'Done', 'What happened': 'Added to developers.' },
      { Name: 'svc-backup', Outcome: 'Done', 'What happened': 'Added to developers.' },
    ])
    expect((await portal.simulator.calls()).filter((call) => call.method === 'PUT')).toHaveLength(1)
  })

  test('a running job is shown, stopped, and its remaining rows are retried', async ({ page, portal }) => {
    const chosen = await people(portal, 12)
    await enterRefreshed(page, portal, 'helpdesk')
    await portal.simulator.faults([{ path: LOCKS, fault: 'hold' }])
    await choose(page, chosen, 'Lock', '?per_page=100')
    await portal.simulator.clearCalls()
    await button(page, 'Lock').click()
    await expect(heading(page)).toHaveText('Lock 12 users')
    await expect(progress(page)).toHaveAttribute('max', '12')
    await expect.poll(() => howMany(page, 'Under way')).toBe(4)
    await expect(progress(page)).toHaveAccessibleName('Lock 12 users')
    await expectNoSidewaysScroll(page)
    await portal.simulator.release(4)
    await expect.poll(() => howMany(page, 'Done')).toBe(4)
    await button(page, 'Stop').click()
    await expect(button(page, 'Stop')).toHaveCount(0)
    await portal.simulator.release(4)
    await over(page)
    const done = await howMany(page, 'Done')
    expect(done).toBe(8)
    expect(await howMany(page, 'Not tried')).toBe(12 - done)
    expect(await locks(portal)).toBe(done)
    await expect(result(page)).toContainText('Not begun: this was stopped.')

    await portal.simulator.clearFaults()
    await button(page, `Try ${12 - done} again`).click()
    await expect(result(page).getByRole('row')).toHaveCount(13 - done)
    await over(page)
    expect(await howMany(page, 'Done')).toBe(12 - done)
    await expect(button(page, `Try ${12 - done} again`)).toHaveCount(0)
    const cluster = await portal.simulator.asAdmin()
    for (const user of chosen) expect(await cluster.isLocked(user), user).toBe(true)
  })

  test('a failing row does not stop the others, and is retried', async ({ page, portal }) => {
    const chosen = await people(portal, 6)
    const unlucky = (await portal.userPath(chosen[2]!)).replace('/users/', '')
    await enterRefreshed(page, portal, 'helpdesk')
    const body = JSON.stringify({ errorMessage: 'The cluster’s own "words" & more' })
    await portal.simulator.faults([{ path: `/pty/v1/auth/users/${unlucky}/lock`, fault: { status: 409, body } }])
    await choose(page, chosen, 'Lock', '?per_page=100')
    await confirm(page, 'Lock')
    await expect(page.getByText('6 of 6, 5 done, 1 failed. Finished.')).toBeVisible()
    await expectRowVisible(result(page), {
      Name: chosen[2]!,
      Outcome: 'Failed',
      'What happened': /The cluster’s own "words" & more/,
    })
    if (js) await expectNoAxe(page)
    const file = await download(page, () => page.getByRole('link', { name: 'Download the result' }).click())
    expect(file.text.split('\r\n')).toHaveLength(8)
    expect(file.text).toContain(`3,${chosen[2]},Failed,`)
    expect(file.text).toContain(`1,${chosen[0]},Done,Locked.`)

    await portal.simulator.clearFaults()
    await button(page, 'Try 1 again').click()
    await expect(result(page).getByRole('row')).toHaveCount(2)
    await over(page)
    await expect.poll(() => outcomes(page)).toEqual([{ Name: chosen[2], Outcome: 'Done', 'What happened': 'Locked.' }])
  })

  test('an empty selection shows a message with a link back', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk', '/users')
    await button(page, 'Lock').click()
    await expect(page.getByText('No users selected')).toBeVisible()
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Back to the users' }).click()
    await expect(page).toHaveURL('/users')
  })

  test('the auditor can select, but neither act nor view another user’s job', async ({ page, portal, watch, browser }) => {
    watch.allowStatus(403, 404)
    const context = await browser.newContext({ baseURL: portal.url })
    const other = await context.newPage()
    await passSignIn(context.request, portal, 'helpdesk')
    await choose(other, ['alpha'], 'Lock', '?q=alpha@')
    await button(other, 'Lock').click()
    await expect(other).toHaveURL(/\/jobs\//)
    const job = new URL(other.url()).pathname
    await expect(other.getByText(/Finished\.$/)).toBeVisible()
    await context.close()

    await enterRefreshed(page, portal, 'auditor', '/users')
    for (const [name, permission] of [
      ['Lock', 'user_manager_admin'],
      ['Unlock', 'user_manager_admin'],
      ['Add to a group', 'group_admin'],
      ['Assign a role', 'user_manager_admin'],
      ['Delete', 'user_manager_admin'],
    ] as const) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, name)).toHaveAccessibleDescription(new RegExp(permission))
      await button(page, name).click({ force: true })
      await expect(page).toHaveURL('/users')
    }
    await portal.simulator.clearCalls()
    for (const action of ['lock', 'unlock', 'group', 'role', 'delete']) {
      expect((await page.goto(`/users/many?do=${action}&ids[]=alpha`))?.status(), action).toBe(403)
      await expect(outcome(page, 'alert')).toContainText(/user_manager_admin|group_admin/)
      const response = await page.request.post(`${portal.url}/api/users/many`, {
        headers: { origin: portal.url, accept: 'application/json' },
        form: { bulk_action: action, 'users[]': 'alpha', target: 'delete 1' },
        maxRedirects: 0,
      })
      expect(response.status(), action).toBe(403)
    }
    for (const address of [job, '/jobs/nonsense']) {
      expect((await page.goto(address))?.status()).toBe(404)
      await expect(outcome(page, 'alert')).toContainText('This job is not available.')
      if (js) await expectNoAxe(page)
    }
    for (const file of ['events', 'result.csv']) {
      expect((await page.request.get(`${job}/${file}`)).status()).toBe(404)
    }
    expect(await portal.simulator.calls(), 'nothing reached the cluster').toEqual([])
  })

  test('the help desk cannot add to groups', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk', '/users')
    await expect(button(page, 'Add to a group')).toHaveAttribute('aria-disabled', 'true')
    await expect(button(page, 'Add to a group')).toHaveAccessibleDescription(/group_admin/)
    await expect(button(page, 'Lock')).not.toHaveAttribute('aria-disabled', 'true')
  })

  test('the export has the rows of the search', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'auditor', '/users?q=example.com&state=open&sort=-username')
    const file = await download(page, () => page.getByRole('link', { name: 'Export as CSV' }).click())
    expect(file.name).toMatch(/^postern-users-\d{4}-\d\d-\d\d\.csv$/)
    const lines = file.text.trimEnd().split('\r\n')
    expect(lines[0]).toBe('\uFEFFUser name,Name,E-mail,State,Created')
    expect(lines.length).toBeGreaterThan(30)
    expect(file.text).toContain("\"'=Órla O'Brien <\"\"&\"\">, Jr.\"")
    expect(file.text).not.toContain('c.okafor')
  })

  test('the pages fit a phone', async ({ page, portal }) => {
    test.slow()
    await page.setViewportSize({ width: 360, height: 740 })
    const long = 'maximiliana-wilhelmina.von-hohenschwangau-zu-trauttmansdorff-weinsberg'
    await enterRefreshed(page, portal, 'admin', `/users?q=${long}`)
    await expectNoSidewaysScroll(page)
    if (js) await expectNoAxe(page)
    for (const action of ['lock', 'group', 'role', 'delete']) {
      await page.goto(`/users/many?do=${action}&ids[]=${long}&ids[]=alpha`)
      await expectNoSidewaysScroll(page)
      if (js) await expectNoAxe(page)
    }
    await page.goto(`/users/many?do=unlock&ids[]=${long}&ids[]=alpha`)
    await confirm(page, 'Unlock')
    await expectNoSidewaysScroll(page)
    if (js) await expectNoAxe(page)
  })
})

test('the count and the rows change while the job runs', async ({ page, portal }) => {
  const chosen = await people(portal, 8)
  await enterRefreshed(page, portal, 'helpdesk')
  await portal.simulator.faults([{ path: LOCKS, fault: 'hold' }])
  await choose(page, chosen, 'Lock', '?per_page=100')
  await button(page, 'Lock').click()
  await expect(heading(page)).toHaveText('Lock 8 users')
  await page.evaluate(() => Object.assign(window, { stayed: true }))
  await portal.simulator.release(4)
  await expect(progress(page)).toHaveAttribute('value', '4')
  expect(await page.evaluate(() => 'stayed' in window), 'the page is not reloaded').toBe(true)
  expect(await howMany(page, 'Done')).toBe(4)
  await portal.simulator.release(4)
  await over(page)
})

test('the page of a running job has no accessibility violations', async ({ page, portal }) => {
  test.slow()
  const chosen = await people(portal, 12)
  await enterRefreshed(page, portal, 'admin')
  await portal.simulator.faults([{ path: LOCKS, fault: 'hold' }])
  await choose(page, chosen, 'Lock', '?per_page=100')
  await button(page, 'Lock').click()
  await expect(button(page, 'Stop')).toBeVisible()
  await expectNoAxe(page)
  await portal.simulator.clearFaults()
  await over(page)
})

test('selecting a page and a range, and clearing the selection', async ({ page, portal }) => {
  await enterRefreshed(page, portal, 'helpdesk', '/users')
  const all = page.getByRole('checkbox', { name: 'Select all on this page' })
  await all.check()
  await expect(page.getByText('25 selected')).toBeVisible()
  await all.uncheck()
  await expect(page.getByText(/selected$/)).toHaveCount(0)
  const boxes = page.getByRole('checkbox', { name: /^Select (?!all)/ })
  await boxes.nth(1).click()
  await boxes.nth(4).click({ modifiers: ['Shift'] })
  await expect(page.getByText('4 selected')).toBeVisible()
  await boxes.nth(2).uncheck()
  await expect(page.getByText('3 selected')).toBeVisible()
  await button(page, 'Lock').click()
  await expect(heading(page)).toHaveText('Lock 3 users?')
})
