// The page of a user: roles and permissions, lock and unlock, and their failures.
import type { Locator, Page } from '@playwright/test'
import {
  button,
  doubleClickHeld,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  facts,
  heading,
  outcome,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'
import type { Fault } from '../support/simulator'

const LOCKED = 'c.okafor'
const STRONG = 'Tulip-Harbor-4711'
const REQUEST_ID = /Request id\s+[\w-]{8,}/

const dialog = (page: Page, verb: string, user: string): Locator =>
  page.getByRole('dialog', { name: `${verb} ${user}?` })

/** Opens the dialog, fills the password if there is one, and confirms. */
async function confirm(page: Page, verb: 'Lock' | 'Unlock', user: string, password?: string): Promise<Locator> {
  await button(page, verb).click()
  const asked = dialog(page, verb, user)
  await expect(asked).toBeVisible()
  if (password !== undefined) await asked.getByLabel('Temporary password').fill(password)
  await button(asked, verb).click()
  return asked
}

const state = async (page: Page): Promise<string | undefined> => (await facts(page)).State

withAndWithoutJavaScript((js) => {
  test('shows the user, the roles and their permissions', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', await portal.userPath('auditor'))
    await expect(heading(page)).toHaveText('auditor')
    expect(await facts(page)).toMatchObject({ State: 'Open', Name: 'Auditor User', 'E-mail': /^auditor@example\.com/ })
    await expectRowVisible(tableOf(page, 'Roles and what they grant'), {
      Role: 'portal_auditor',
      Description: 'Reads everything, changes nothing',
      Grants: /role_viewer.*can_create_token/,
    })
    await expect(page.getByRole('listitem').filter({ hasText: 'workbench_management_policy_read' })).toContainText(
      'from portal_auditor',
    )
    await expect(page.getByRole('link', { name: 'Users', exact: true }).first()).toHaveAttribute('href', '/users')
  })

  test('locks an account', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', await portal.userPath('alpha'))
    expect(await state(page)).toBe('Open')
    await confirm(page, 'Lock', 'alpha')
    await expect(outcome(page, 'status')).toContainText('alpha is locked.')
    expect(await state(page)).toBe('Locked')
    await expect(button(page, 'Lock')).toHaveCount(0)
    expect(await (await portal.simulator.asAdmin()).isLocked('alpha')).toBe(true)

    await page.goto('/users?q=alpha@example')
    await expectRowVisible(page.getByRole('table'), { 'User name': 'alpha', State: 'Locked' })
    await page.reload()
    await expect(page.getByRole('status')).toHaveCount(0)
  })

  test('unlocks with a typed password that is temporary', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', await portal.userPath(LOCKED))
    expect(await state(page)).toBe('Locked')
    await confirm(page, 'Unlock', LOCKED, STRONG)
    await expect(outcome(page, 'status')).toContainText(`${LOCKED} is unlocked.`)
    await expect(outcome(page, 'status')).toContainText(/temporary/)
    await expect(outcome(page, 'status')).not.toContainText(STRONG)
    expect(await state(page)).toBe('Open')
    expect(await (await portal.simulator.asAdmin()).isLocked(LOCKED)).toBe(false)
    expect(await portal.simulator.answerToLogin(LOCKED, STRONG)).toContain('not fully set up')
  })

  test('unlocks with a generated password that shows once', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', await portal.userPath(LOCKED))
    await confirm(page, 'Unlock', LOCKED)
    const done = outcome(page, 'status')
    await expect(done).toContainText(`${LOCKED} is unlocked.`)
    await expect(done).toContainText(/temporary/)
    await expect(done).toContainText(/shown this once/)
    const password = await done.getByRole('code').innerText()
    for (const rule of [/^.{8,64}$/, /[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/]) expect(password).toMatch(rule)
    expect(password.toLowerCase()).not.toContain(LOCKED)
    expect(await portal.simulator.answerToLogin(LOCKED, password)).toContain('not fully set up')

    await page.reload()
    await expect(heading(page)).toHaveText(LOCKED)
    expect(await page.content()).not.toContain(password)
  })

  test('a weak password shows a message at its field in the dialog', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'helpdesk', await portal.userPath(LOCKED))
    const asked = await confirm(page, 'Unlock', LOCKED, 'abc')
    await expect(asked).toBeVisible()
    const field = asked.getByLabel('Temporary password')
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(/upper|digit|8 characters|length/i)
    await expect(field).toHaveValue(js ? 'abc' : '')
    await expect(field).toBeFocused()
    expect(await (await portal.simulator.asAdmin()).isLocked(LOCKED)).toBe(true)
    if (js) await expectNoAxe(page)

    await field.fill(STRONG)
    await button(asked, 'Unlock').click()
    await expect(outcome(page, 'status')).toContainText(`${LOCKED} is unlocked.`)
  })

  test('the auditor sees everything and can change nothing', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', await portal.userPath('alpha'))
    await expect(heading(page)).toHaveText('alpha')
    for (const verb of ['Lock', 'Unlock']) {
      const control = button(page, verb)
      await expect(control).toHaveAttribute('aria-disabled', 'true')
      await control.focus()
      await expect(control).toBeFocused()
      await expect(control).toHaveAccessibleDescription(/user_manager_admin/)
      await expect(control).toHaveAccessibleDescription(/roles? .*helpdesk_operator/)
      await page.keyboard.press('Enter')
      await control.click({ force: true })
      await expect(page.getByRole('dialog')).toHaveCount(0)
    }
    expect((await portal.simulator.calls()).filter((call) => call.method === 'PUT')).toEqual([])
  })

  for (const [what, id] of [
    ['an unknown id', '00000000-0000-4000-8000-000000000000'],
    ['no id at all', 'not-an-id'],
    ['an id that would lead elsewhere', '..%2F..%2Froles'],
    ['a very long id', 'x'.repeat(500)],
  ] as const) {
    test(`${what} has a page that says so`, async ({ page, portal, watch }) => {
      watch.allowStatus(404)
      await enter(page, portal, 'helpdesk')
      const response = await page.goto(`/users/${id}`)
      expect(response?.status()).toBe(404)
      await expect(outcome(page, 'alert')).toContainText(/no such user|not found/i)
      await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible()
      expect((await portal.simulator.calls()).map((call) => call.path)).not.toContain('/pty/v1/auth/roles/roles')
    })
  }

  for (const [name, fault] of Object.entries({
    '503': { status: 503, body: 'no healthy upstream' },
    'a dropped connection': 'drop',
    'a proxy’s page': 'html',
    'a truncated answer': 'truncate',
    'an answer that is not JSON': 'not_json',
  } satisfies Record<string, Fault>)) {
    test(`${name} shows a message in the page's frame`, async ({ page, portal, watch }) => {
      watch.allowStatus(502, 503)
      const path = await portal.userPath('alpha')
      await enter(page, portal, 'helpdesk')
      await portal.simulator.faults([{ path: `/pty/v1/auth${path}`, fault }])
      const response = await page.goto(path)
      expect([502, 503]).toContain(response?.status())
      const alert = outcome(page, 'alert')
      await expect(alert).toContainText(/cluster/)
      await expect(alert).toContainText(REQUEST_ID)
      await expect(page.locator('body')).not.toContainText(/never run this|<h1>|127\.0\.0\.1|serde|reqwest|panick/)
      await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible()
      await expect(button(page, 'Sign out')).toBeVisible()
      await expect(page).toHaveTitle(/Postern/)
      if (js && name === '503') await expectNoAxe(page)

      await portal.simulator.clearFaults()
      await page.getByRole('link', { name: 'Try again' }).click()
      await expect(heading(page)).toHaveText('alpha')
    })
  }

  test('unreadable roles leave the rest of the page', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk')
    await portal.simulator.faults([{ method: 'GET', path: '/pty/v1/auth/roles', fault: { status: 403, body: '' } }])
    await page.goto(await portal.userPath('alpha'))
    await expect(heading(page)).toHaveText('alpha')
    await expect(button(page, 'Lock')).toBeEnabled()
    await expect(outcome(page, 'alert')).toContainText('403')
    await expectRowVisible(tableOf(page, 'Roles and what they grant'), { Role: 'directory_viewer', Grants: 'Unknown' })
  })

  for (const [status, allowed] of [[403, 403], [409, 409], [500, 502]] as const) {
    test(`a lock that fails with ${status} does not show success`, async ({ page, portal, watch }) => {
      watch.allowStatus(allowed)
      await enter(page, portal, 'helpdesk', await portal.userPath('alpha'))
      const body = JSON.stringify({ errorMessage: `The cluster’s own words on ${status}` })
      await portal.simulator.faults([{ method: 'PUT', path: '/pty/v1/auth/users/*/lock', fault: { status, body } }])
      await confirm(page, 'Lock', 'alpha')
      const alert = page.getByRole('alert')
      await expect(alert).toContainText(/lock a user/)
      await expect(alert).toContainText(`The cluster’s own words on ${status}`)
      await expect(alert).toContainText(REQUEST_ID)
      await expect(page.getByRole('status')).toHaveCount(0)

      await portal.simulator.clearFaults()
      await page.reload()
      expect(await state(page)).toBe('Open')
    })
  }

  test('cancelling a dialog restores the focus', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', await portal.userPath('alpha'))
    const ways: [string, (asked: Locator) => Promise<void>][] = [
      ['Escape', () => page.keyboard.press('Escape')],
      ['Cancel', (asked) => button(asked, 'Cancel').click()],
      ['Close', (asked) => button(asked, 'Close').click()],
    ]
    for (const verb of ['Lock', 'Unlock']) {
      for (const [way, leave] of ways) {
        await button(page, verb).focus()
        await page.keyboard.press('Enter')
        const asked = dialog(page, verb, 'alpha')
        await expect(asked, `${verb}, ${way}`).toBeVisible()
        expect(await asked.evaluate((element) => element.contains(document.activeElement))).toBe(true)
        await leave(asked)
        await expect(asked, `${verb}, ${way}`).toBeHidden()
        await expect(button(page, verb), `${verb}, ${way}`).toBeFocused()
      }
    }
    expect((await portal.simulator.calls()).filter((call) => call.method === 'PUT')).toEqual([])
  })
})

test("the user's own account shows a warning", async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk', await portal.userPath('helpdesk'))
  await button(page, 'Lock').click()
  await expect(dialog(page, 'Lock', 'helpdesk')).toContainText('This is your own account.')
})

test('a double click sends one lock', async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk', await portal.userPath('alpha'))
  await button(page, 'Lock').click()
  const control = button(dialog(page, 'Lock', 'alpha'), 'Lock')
  const forms = await doubleClickHeld(control, portal, { method: 'PUT', path: '/pty/v1/auth/users/*/lock' })
  await expect(outcome(page, 'status')).toContainText('alpha is locked.')
  expect(forms).toEqual(['/api/users/lock'])
  expect(await portal.simulator.held()).toEqual([])
  expect((await portal.simulator.calls()).filter((call) => call.path.endsWith('/lock'))).toHaveLength(1)
})

test('the page of a user makes two calls, a lock makes three', async ({ page, portal }) => {
  // This user is in no group. For a member, the portal reads the groups too.
  const path = await portal.userPath('svc-backup')
  await enter(page, portal, 'helpdesk')
  const made = async (act: () => Promise<unknown>) => {
    await portal.simulator.clearCalls()
    await act()
    return (await portal.simulator.calls()).map((call) => `${call.method} ${call.path.replace(/[0-9a-f-]{36}/, 'ID')}`).sort()
  }
  expect(await made(() => page.goto(path))).toEqual(['GET /pty/v1/auth/roles', 'GET /pty/v1/auth/users/ID'])
  const locked = await made(async () => {
    await confirm(page, 'Lock', 'svc-backup')
    await expect(outcome(page, 'status')).toBeVisible()
  })
  // The read before the lock, the lock, and the page; the roles are cached.
  expect(locked).toEqual([
    'GET /pty/v1/auth/users/ID',
    'GET /pty/v1/auth/users/ID',
    'PUT /pty/v1/auth/users/ID/lock',
  ])
})
