// The import of users from a file: the dry run, its errors, and the creation.
import { readFile } from 'node:fs/promises'
import type { Download, Locator, Page } from '@playwright/test'
import {
  button,
  enter,
  enterRefreshed,
  expect,
  expectNoAxe,
  expectNoSidewaysScroll,
  heading,
  outcome,
  type Portal,
  rows,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

const HEADING = 'username,email,first_name,last_name,roles,groups,enabled,password\n'
const STRONG = 'Tulip-Harbor-4711'

const file = (page: Page): Locator => page.getByLabel('File', { exact: true })
const usual = (page: Page, role: string): Locator =>
  page.getByRole('group', { name: 'Roles of rows that name none' }).getByRole('checkbox', { name: new RegExp(`^${role}\\b`) })
const result = (page: Page): Locator => tableOf(page, 'Outcome table')

/** The name, outcome and message of each row. */
const outcomes = async (page: Page): Promise<[string, string, string][]> =>
  (await rows(result(page))).map((row) => [row.Name ?? '', row.Outcome ?? '', row['What happened'] ?? ''])

/** Selects a file with this text and starts the dry run. */
async function start(page: Page, text: string | Buffer, name = 'users.csv'): Promise<void> {
  await file(page).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await button(page, 'Start the dry run').click()
}

async function over(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f]{32}$/)
  await expect(page.getByText(/Finished\.$/)).toBeVisible()
  // The page of a job that ends reloads, which would interrupt the next navigation.
  await expect(button(page, 'Stop')).toHaveCount(0)
}

const created = async (portal: Portal): Promise<number> =>
  (await portal.simulator.calls()).filter((call) => call.method === 'POST' && call.path.endsWith('/users')).length

withAndWithoutJavaScript((js) => {
  test.beforeEach(({ page }) => {
    page.on('dialog', (asked) => {
      // A page with a file that was not taken asks before it is left.
      if (asked.type() === 'beforeunload') return void asked.accept()
      throw new Error(`a script ran: ${asked.message()}`)
    })
  })

  test('a dry run creates no users; the next step creates the valid ones', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'admin', '/users')
    await page.getByRole('link', { name: 'Create from a file' }).click()
    await expect(heading(page)).toHaveText('Create users from a file')
    await portal.simulator.clearCalls()
    await usual(page, 'directory_viewer').check()
    await start(
      page,
      `${HEADING}ana.ito,ana.ito@example.com,Ana 👩‍👧,ליבי,portal_auditor;directory_viewer,developers,,${STRONG}\n` +
        'bo.lind,,Bo,<b>Lind</b>,,,no,\n' +
        'alpha,,,,,,,\n' +
        '<script>alert(1)</script>,,,,,,,\n' +
        'cy,nowhere,,,king,,,\n' +
        'di,,,,,no-such-group,perhaps,abc\n' +
        'BO.LIND,,,,,,,\n',
    )
    await over(page)
    await expect(heading(page)).toHaveText('Dry run: create 7 users')
    await expect(page.getByText('No user has been created yet.')).toBeVisible()
    await expect.poll(() => outcomes(page)).toEqual([
      ['alpha (row 4)', 'Failed', 'Column A (username): The cluster has a user of this name already.'],
      ['<script>alert(1)</script> (row 5)', 'Failed', expect.stringMatching(/holds no spaces/)],
      ['cy (row 6)', 'Failed', expect.stringMatching(/not an e-mail address.*no role king/)],
      ['di (row 7)', 'Failed', expect.stringMatching(/“perhaps”.*policy.*no group no-such-group/)],
      ['BO.LIND (row 8)', 'Failed', 'Column A (username): Row 3 has the same user name.'],
      ['ana.ito (row 2)', 'Ready', 'Would be created with portal_auditor, directory_viewer, in developers.'],
      ['bo.lind (row 3)', 'Ready', 'Would be created with directory_viewer, not open, without a password.'],
    ])
    await expect(page.getByText('7 of 7, 2 ready, 5 failed. Finished.')).toBeVisible()
    if (js) await expectNoAxe(page)
    expect(await page.content()).not.toContain(STRONG)
    expect(await created(portal)).toBe(0)
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the result' }).click(),
    ])
    const text = await readFile(await (csv as Download).path(), 'utf8')
    expect(text).toContain('7,BO.LIND (row 8),Failed,Column A (username): Row 3 has the same user name.')
    expect(text).not.toContain(STRONG)

    await button(page, 'Create the users that passed').click()
    await expect(heading(page)).toHaveText('Create 2 users')
    await over(page)
    await expect(page.getByText('2 of 2, 2 created, 5 not in this run. Finished.')).toBeVisible()
    await expect.poll(() => outcomes(page)).toEqual([
      ['ana.ito', 'Done', 'Created.'],
      ['bo.lind', 'Done', 'Created.'],
    ])
    expect(await created(portal)).toBe(2)
    expect(await portal.simulator.answerToLogin('ana.ito', STRONG)).toBe('signed in')
    await result(page).getByRole('link', { name: 'bo.lind' }).click()
    await expect(page.getByRole('table').getByRole('link', { name: 'bo.lind' })).toBeVisible()
    await expect(page.getByRole('table')).toContainText('Bo <b>Lind</b>')
    await expect(page.getByRole('table')).toContainText('Locked')
  })

  test('an invalid file shows a message at the field', async ({ page, portal, watch }) => {
    watch.allowStatus(413, 422)
    await enterRefreshed(page, portal, 'helpdesk', '/users/import')
    await usual(page, 'directory_viewer').check()
    for (const [what, text, words] of [
      ['nothing', '', 'Choose a file.'],
      ['no heading', 'ana,ana@example.com\n', 'is not known'],
      ['a heading alone', HEADING, 'a heading and no rows'],
      ['another heading', 'name,mail\nana,x\n', 'The column “name” is not known.'],
      ['markup', '<script>alert(1)</script>\nx\n', '<script>alert(1)</script>'],
      ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\x00\xff\xfe', 'latin1'), 'not in UTF-8'],
      ['another encoding', Buffer.from('username,first_name\nana,J\xfcrgen\n', 'latin1'), 'not in UTF-8'],
      ['too many rows', `username\n${'ana\n'.repeat(2_001)}`, 'at most 2000 are taken at once'],
    ] as const) {
      await start(page, text)
      await expect(file(page), what).toHaveAttribute('aria-invalid', 'true')
      await expect(file(page), what).toHaveAccessibleDescription(new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      await expect(usual(page, 'directory_viewer'), what).toBeChecked()
      await expectNoSidewaysScroll(page, what)
    }
    if (js) await expectNoAxe(page)
    expect(await created(portal)).toBe(0)
  })

  test('a missing file shows a message at the field', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enterRefreshed(page, portal, 'helpdesk', '/users/import')
    await button(page, 'Start the dry run').click()
    await expect(file(page)).toHaveAccessibleDescription(/Choose a file\./)
  })

  test('a file above the size limit shows a message', async ({ page, portal, watch }) => {
    watch.allowStatus(413)
    await enterRefreshed(page, portal, 'helpdesk', '/users/import')
    for (const megabytes of [2, 6]) {
      await start(page, 'a'.repeat(megabytes * 1024 * 1024 + 1))
      const alert = page.getByRole('alert')
      await expect(alert).toContainText('more than the portal takes at once')
      await expect(alert).toContainText('a file 2 MB')
      await expect(heading(page)).toHaveText('Create users from a file')
      await page.goto('/users/import')
    }
  })

  test("a spreadsheet's CSV file is read", async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk', '/users/import')
    await usual(page, 'directory_viewer').check()
    await start(page, '\ufeffUser name;First name;Last name\r\nana.ito;Jürgen;"a;b"\r\n;;\r\n')
    await over(page)
    await expect.poll(() => outcomes(page)).toEqual([
      ['ana.ito (row 2)', 'Ready', 'Would be created with directory_viewer, without a password.'],
    ])
    await button(page, 'Create the users that passed').click()
    await expect(heading(page)).toHaveText('Create 1 user')
    await over(page)
    await page.goto('/users?q=ana.ito')
    await expect(page.getByRole('table')).toContainText('Jürgen a;b')
  })

  test('rows without a role need a default role', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk', '/users/import')
    await start(page, 'username\nana\n')
    await over(page)
    await expect.poll(() => outcomes(page)).toEqual([['ana (row 2)', 'Failed', expect.stringContaining('at least one role')]])
    await expect(button(page, 'Create the users that passed')).toHaveCount(0)
  })

  test('a refusal of the cluster shows at its row', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'helpdesk', '/users/import')
    await usual(page, 'directory_viewer').check()
    await start(page, 'username\nana\nbo\ncy\n')
    await over(page)
    const body = JSON.stringify({ errorMessage: 'No room "here" & now' })
    await portal.simulator.faults([{ method: 'POST', path: '/pty/v1/auth/users', fault: { status: 409, body }, times: 1 }])
    await button(page, 'Create the users that passed').click()
    await expect(heading(page)).toHaveText('Create 3 users')
    await over(page)
    expect((await outcomes(page)).filter(([, outcome]) => outcome === 'Failed')).toHaveLength(1)
    await expect(result(page)).toContainText('No room "here" & now')
    await button(page, 'Try 1 again').click()
    await expect(result(page).getByRole('row')).toHaveCount(2)
    await over(page)
    expect((await outcomes(page)).map(([, outcome]) => outcome)).toEqual(['Done'])
    for (const name of ['ana', 'bo', 'cy']) {
      await page.goto(`/users?q=${name}`)
      await expect(page.getByRole('table').getByRole('link', { name, exact: true })).toBeVisible()
    }
  })

  test('the auditor sees the missing permission', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enterRefreshed(page, portal, 'auditor')
    await portal.simulator.clearCalls()
    expect((await page.goto('/users/import'))?.status()).toBe(403)
    await expect(outcome(page, 'alert')).toContainText('user_manager_admin')
    await expect(file(page)).toHaveCount(0)
    if (js) await expectNoAxe(page)
    const response = await page.request.post('/api/users/import', {
      headers: { origin: portal.url, accept: 'application/json' },
      multipart: { file: { name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from('username\nana\n') } },
      maxRedirects: 0,
    })
    expect(response.status()).toBe(403)
    expect(await portal.simulator.calls(), 'nothing reached the cluster').toEqual([])
  })

  test('the page has no accessibility violations and fits a phone', async ({ page, portal }) => {
    test.slow()
    await enterRefreshed(page, portal, 'admin', '/users/import')
    if (js) await expectNoAxe(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await expectNoSidewaysScroll(page)
    await usual(page, 'directory_viewer').check()
    await start(page, `username,first_name\n${'w'.repeat(200)},${'x'.repeat(255)}\nana,x\n`)
    await over(page)
    await expectNoSidewaysScroll(page)
    if (js) await expectNoAxe(page)
    if (js) await expect(page.getByRole('progressbar')).toHaveAccessibleName('Dry run: create 2 users')
  })
})

test('the end of the session keeps the chosen file', async ({ page, portal, watch }) => {
  watch.allowStatus(401)
  // This session has not read the users yet, so the portal has to call the cluster. No other test creates this user,
  // whom the portal's copy of the list could still have.
  await enter(page, portal, 'helpdesk', '/users/import')
  await usual(page, 'directory_viewer').check()
  await portal.simulator.expire('all')
  await start(page, 'username\nkept\n')
  const again = page.getByRole('dialog', { name: /Sign in again/ })
  await expect(again).toBeVisible()
  await again.getByLabel('Password').fill('Demo-Passw0rd!')
  await button(again, 'Sign in').click()
  await over(page)
  await expect.poll(() => outcomes(page)).toEqual([['kept (row 2)', 'Ready', expect.stringContaining('Would be created')]])
})
