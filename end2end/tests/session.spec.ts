// The overview, the page of the session, and the end of a session by the cluster.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  facts,
  heading,
  hydrated,
  outcome,
  PASSWORD,
  rows,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

const LOCKED = 'c.okafor'
const TYPED = 'Tulip-Harbor-4711'
const services = (page: Page) => tableOf(page, 'Services and their state')
const abilities = (page: Page) => page.getByRole('main').getByRole('listitem')
const again = (page: Page) => page.getByRole('dialog', { name: 'Sign in again' })

/** The permitted actions of each user. */
const MAY = {
  helpdesk: { 'List and search users': true, 'See a user’s details': true, 'Lock a user': true, 'Unlock a user': true },
  auditor: { 'List and search users': true, 'Lock a user': false, 'Unlock a user': false },
  officer: { 'List and search users': false, 'Lock a user': false },
  admin: { 'List and search users': true, 'Unlock a user': true },
} as const

withAndWithoutJavaScript((js) => {
  for (const [user, may] of Object.entries(MAY)) {
    test(`the overview shows the permissions of ${user}`, async ({ page, portal }) => {
      await enter(page, portal, user)
      await expect(heading(page)).toHaveText('Overview')
      for (const [action, yes] of Object.entries(may)) {
        const item = abilities(page).filter({ hasText: new RegExp(action.replace('’', '.')) })
        await expect(item).toContainText(yes ? 'Yes' : 'No')
        if (!yes) await expect(item).toContainText(/user_manager_(admin|viewer)/)
      }
      await expectRowVisible(services(page), { Service: /auth/, State: 'Up' })
      expect(await facts(page)).toMatchObject({ 'User name': user, 'Ends without use': 'after 30 minutes' })
    })
  }

  test('each service has its own state', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/session')
    await portal.simulator.faults([
      { path: '/pty/v1/auth/health', fault: { status: 200, body: '{"isHealthy":false}' } },
      { path: '/pty/v2/pim/health', fault: 'drop' },
    ])
    await page.goto('/')
    await expectRowVisible(services(page), { Service: /auth/, State: 'Down' })
    await expectRowVisible(services(page), { Service: /pim/, State: 'No answer', Remark: /could not be reached/ })
    await expectRowVisible(services(page), { Service: /rps/, State: 'Up' })

    await portal.simulator.faults([
      { path: '/pty/v2/pim/health', fault: { status: 404, body: '' } },
      { path: '/pty/v1/rps/health', fault: 'html' },
    ])
    await page.reload()
    await expectRowVisible(services(page), { Service: /auth/, State: 'Up' })
    await expectRowVisible(services(page), { Service: /pim/, State: 'Not installed' })
    await expectRowVisible(services(page), { Service: /rps/, State: 'No answer' })
    await expect(page.locator('body')).not.toContainText(/127\.0\.0\.1|Bad Gateway/)
    if (js) await expectNoAxe(page)
  })

  test('a slow service does not delay the page', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/session')
    await portal.simulator.faults([{ path: '/pty/v2/pim/health', fault: 'hold' }])
    await page.goto('/', { waitUntil: 'commit' })
    await expect(heading(page)).toBeVisible()
    await expect(abilities(page).filter({ hasText: /Lock a user/ })).toBeVisible()
    expect(await services(page).count(), 'the page precedes the services').toBe(0)
    await portal.simulator.release(1)
    await expectRowVisible(services(page), { Service: /pim/, State: 'Up' })
  })

  test('the services show what they support, and a failing one hides no other', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/session')
    await portal.simulator.faults([{ path: '/pty/v1/rps', fault: { status: 503, body: '' } }])
    await page.goto('/services')
    const table = tableOf(page, 'Services and what they report')
    await expectRowVisible(table, { Service: /auth/, State: 'Up', Ready: 'yes', Live: 'yes', Version: /\d/, 'Log level': /\w/ })
    await expectRowVisible(table, { Service: /pim/, State: 'Up' })
    await expectRowVisible(table, { Service: /rps/, State: 'No answer', Ready: '—', Remark: /Request id/ })
  })

  test("the user's own permissions and their sources", async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/session')
    await expect(heading(page)).toHaveText('My session')
    expect(await facts(page)).toMatchObject({ 'User name': 'helpdesk', Roles: 'helpdesk_operator' })
    const own = tableOf(page, 'Your permissions')
    await expectRowVisible(own, {
      Permission: 'user_manager_admin',
      Meaning: /\w/,
      Source: /role helpdesk_operator/,
    })
    expect((await rows(own)).map((row) => row.Permission).sort()).toEqual([
      'can_create_token',
      'group_viewer',
      'role_viewer',
      'user_manager_admin',
      'user_manager_viewer',
    ])
    await expectRowVisible(own, { Permission: 'user_manager_viewer', Source: 'implied by user_manager_admin' })
  })

  test('a page visited after the end of the session returns after signing in', async ({ page, portal }) => {
    const path = await portal.userPath('alpha')
    await enter(page, portal, 'helpdesk')
    await portal.simulator.expire('all')
    await page.goto(path)
    await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(path)}`)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await button(page, 'Sign in').click()
    await expect(page).toHaveURL(path)
    await expect(heading(page)).toHaveText('alpha')
  })

  test('an expired access token is renewed silently', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk')
    await portal.simulator.expire('access')
    await page.goto(await portal.userPath('alpha'))
    await expect(heading(page)).toHaveText('alpha')
    await expect(page.getByRole('alert')).toHaveCount(0)
  })
})

async function askToUnlock(page: Page): Promise<void> {
  await button(page, 'Unlock').click()
  const dialog = page.getByRole('dialog', { name: `Unlock ${LOCKED}?` })
  await dialog.getByLabel('Temporary password').fill(TYPED)
  await button(dialog, 'Unlock').click()
}

test.describe('signing in again in place', () => {
  test('with JavaScript, the page and its input stay', async ({ page, portal, watch }) => {
    watch.allowStatus(401, 422)
    await enter(page, portal, 'helpdesk', await portal.userPath(LOCKED))
    await portal.simulator.expire('all')
    await page.evaluate(() => Object.assign(window, { stayed: true }))
    await askToUnlock(page)

    const dialog = again(page)
    await expect(dialog).toBeVisible()
    await expect(dialog.getByLabel('User name')).toHaveValue('helpdesk')
    await expectNoAxe(page)
    await dialog.getByLabel('Password').fill('Not-the-Passw0rd!')
    await button(dialog, 'Sign in').click()
    await expect(dialog.getByRole('alert')).toContainText('The user name or the password is wrong.')
    await expect(dialog).toBeVisible()
    expect(await page.evaluate(() => 'stayed' in window)).toBe(true)
    expect(await (await portal.simulator.asAdmin()).isLocked(LOCKED)).toBe(true)

    await dialog.getByLabel('Password').fill(PASSWORD)
    await button(dialog, 'Sign in').click()
    await expect(outcome(page, 'status')).toContainText(`${LOCKED} is unlocked.`)
    expect(await portal.simulator.answerToLogin(LOCKED, TYPED)).toContain('not fully set up')
  })

  test('cancelled, it sends nothing and keeps the input', async ({ page, portal, watch }) => {
    watch.allowStatus(401)
    await enter(page, portal, 'helpdesk', await portal.userPath(LOCKED))
    await portal.simulator.expire('all')
    await askToUnlock(page)
    await button(again(page), 'Cancel').click()
    await expect(again(page)).toBeHidden()
    const dialog = page.getByRole('dialog', { name: `Unlock ${LOCKED}?` })
    await expect(dialog.getByLabel('Temporary password')).toHaveValue(TYPED)

    await button(dialog, 'Unlock').click()
    await again(page).getByLabel('Password').fill(PASSWORD)
    await button(again(page), 'Sign in').click()
    await expect(outcome(page, 'status')).toContainText(`${LOCKED} is unlocked.`)
    const unlocks = (await portal.simulator.calls()).filter((call) => call.path.endsWith('/unlock') && call.status === 200)
    expect(unlocks).toHaveLength(1)
  })

  test.describe('without JavaScript', () => {
    test.use({ js: false })

    test('the page shows what the form will do, and the person can sign in without it', async ({ page, portal }) => {
      await enter(page, portal, 'admin', `${await portal.userPath('alpha')}/edit`)
      await page.getByLabel('First name').fill('Typed')
      await portal.simulator.expire('all')
      await button(page, 'Save').click()
      await expect(heading(page)).toHaveText('Sign in again')
      const notice = page.getByRole('main')
      await expect(notice).toContainText('Signing in also carries out what you sent: edit a user.')
      await expect(notice).toContainText('First name')
      await expect(notice).toContainText('Typed')
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await button(page, 'Sign in without doing it').click()
      await expect(outcome(page, 'alert')).toContainText('Nothing was changed yet: the form was not sent.')
      await expect(page.getByLabel('First name')).toHaveValue('Typed')
      await button(page, 'Save').click()
      await expect(outcome(page, 'status')).toBeVisible()
      await expect(page.getByRole('main')).toContainText('Typed')
    })

    test('the form is submitted after signing in', async ({ page, portal }) => {
      const path = await portal.userPath(LOCKED)
      await enter(page, portal, 'helpdesk', path)
      await portal.simulator.expire('all')
      await askToUnlock(page)
      await expect(heading(page)).toHaveText('Sign in again')
      await expect(page.getByLabel('User name', { exact: true })).toHaveValue('helpdesk')

      await page.getByLabel('Password', { exact: true }).fill('Not-the-Passw0rd!')
      await button(page, 'Sign in').click()
      await expect(page.getByRole('alert')).toContainText('The user name or the password is wrong.')

      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await button(page, 'Sign in').click()
      await expect(page).toHaveURL(path)
      await expect(outcome(page, 'status')).toContainText(`${LOCKED} is unlocked.`)
      expect(await portal.simulator.answerToLogin(LOCKED, TYPED)).toContain('not fully set up')
    })

    test('signing out instead discards the form', async ({ page, portal }) => {
      await enter(page, portal, 'helpdesk', await portal.userPath(LOCKED))
      await portal.simulator.expire('all')
      await askToUnlock(page)
      await button(page, 'Sign out').click()
      await expect(heading(page)).toHaveText('Sign in')
      await enter(page, portal, 'helpdesk')
      expect(await (await portal.simulator.asAdmin()).isLocked(LOCKED)).toBe(true)
    })
  })
})

test('the clock shows the rest of the session', async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk')
  await expect(page.getByRole('banner')).toContainText(/Session\s+(29|30) min left/)
})

test.describe('the clock without JavaScript', () => {
  test.use({ js: false })
  test('shows when the session ends', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk')
    await expect(page.getByRole('banner')).toContainText(/Session\s+until \d{4}-\d\d-\d\d \d\d:\d\d UTC/)
  })
})

/** Opens a second tab of the same browser. */
async function secondTab(page: Page, path: string): Promise<Page> {
  const other = await page.context().newPage()
  await other.goto(path)
  await hydrated(other)
  return other
}

const clock = (page: Page) => page.getByRole('banner')

for (const hours of [-7, 5]) {
  test(`the clock is right in a browser whose own clock is ${hours} hours off`, async ({ page, portal }) => {
    await page.clock.install({ time: Date.now() + hours * 3_600_000 })
    await enter(page, portal, 'helpdesk')
    await expect(clock(page)).toContainText(/(29|30) min left/)
    await page.clock.fastForward('10:00')
    await expect(clock(page)).toContainText(/(19|20) min left/)
    await page.clock.fastForward('18:30')
    await expect(clock(page)).toContainText(/(1 min|less than a minute) left/)
    await page.clock.fastForward('02:30')
    await expect(clock(page)).toContainText('ended')
  })
}

test('a change of the time while the page is open does not move the clock', async ({ page, portal }) => {
  await page.clock.install()
  await enter(page, portal, 'helpdesk')
  await page.clock.setSystemTime(Date.now() + 5 * 3_600_000)
  await page.clock.runFor('00:31')
  await expect(clock(page)).toContainText(/(29|30) min left/)
})

test('a tab that extends the session extends it for the other tab', async ({ page, portal }) => {
  await page.clock.install()
  await enter(page, portal, 'helpdesk', '/session')
  await page.clock.fastForward('29:00')
  await expect(clock(page)).toContainText(/(1 min|less than a minute) left/)
  const other = await secondTab(page, '/users')
  await expect(clock(page)).toContainText(/(29|30) min left/)
  await other.close()
})

test('a form that fails extends the session on its page', async ({ page, portal, watch }) => {
  watch.allowStatus(422)
  await page.clock.install()
  await enter(page, portal, 'admin', '/roles/new')
  await page.clock.fastForward('29:00')
  await expect(clock(page)).toContainText(/(1 min|less than a minute) left/)
  await button(page, 'Create role').click()
  await expect(clock(page)).toContainText(/(29|30) min left/)
})

test.describe('a form with unsent changes', () => {
  /** Leaves the page by a link of the navigation, and returns whether the browser asked. */
  async function leave(page: Page): Promise<boolean> {
    let asked = false
    page.once('dialog', async (dialog) => {
      asked = dialog.type() === 'beforeunload'
      await dialog.dismiss()
    })
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Services' }).click({ noWaitAfter: true })
    await expect.poll(async () => asked || (await heading(page).innerText()) === 'Services').toBe(true)
    page.removeAllListeners('dialog')
    return asked
  }

  const forms: [name: string, path: (portal: Portal) => Promise<string> | string, change: (page: Page) => Promise<() => Promise<void>>][] = [
    [
      'a text',
      async (portal) => `${await portal.userPath('alpha')}/edit`,
      async (page) => {
        const field = page.getByLabel('First name')
        const before = await field.inputValue()
        await field.fill(`${before} changed`)
        return () => field.fill(before)
      },
    ],
    [
      'a tick',
      () => '/roles/policy_officer/edit',
      async (page) => {
        const box = page.getByRole('checkbox', { name: 'saml_viewer', exact: true })
        await box.check()
        return () => box.uncheck()
      },
    ],
    [
      'lines of text',
      () => '/groups/new',
      async (page) => {
        const field = page.getByLabel('Description')
        await field.fill('Two\nlines')
        return () => field.fill('')
      },
    ],
  ]
  for (const [name, path, change] of forms) {
    test(`asks before it is left: ${name}`, async ({ page, portal }) => {
      await enter(page, portal, 'admin', await path(portal))
      const putBack = await change(page)
      expect(await leave(page), 'changed').toBe(true)
      await putBack()
      expect(await leave(page), 'put back to what it was').toBe(false)
    })
  }

  test('does not ask once it is sent', async ({ page, portal }) => {
    page.on('dialog', (asked) => {
      throw new Error(`asked: ${asked.type()}`)
    })
    await enter(page, portal, 'admin', '/roles/new')
    await page.getByLabel('Name', { exact: true }).fill('sent')
    await button(page, 'Create role').click()
    await expect(heading(page)).toHaveText('sent')
  })

  test('asks after a failure', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/roles/new')
    await page.getByLabel('Name', { exact: true }).fill('a/b')
    await button(page, 'Create role').click()
    await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true')
    expect(await leave(page)).toBe(true)
  })

  test('does not ask for a dialog that was closed', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', await portal.userPath(LOCKED))
    await button(page, 'Unlock').click()
    const dialog = page.getByRole('dialog', { name: `Unlock ${LOCKED}?` })
    await dialog.getByLabel('Temporary password').fill(TYPED)
    await button(dialog, 'Cancel').click()
    expect(await leave(page)).toBe(false)
  })
})

test.describe('without JavaScript, a form whose session has ended', () => {
  test.use({ js: false })

  test('comes back after the sign-in with what was typed', async ({ page, portal }) => {
    await enter(page, portal, 'admin', '/users/new')
    await page.getByRole('main').getByLabel('User name', { exact: true }).fill('typed.by.hand')
    await page.getByLabel('First name').fill('Típpéd')
    await page.getByRole('main').getByLabel('Password', { exact: true }).fill(TYPED)
    const session = (await page.context().cookies()).find((cookie) => cookie.name === 'postern')
    await page.context().clearCookies({ name: session?.name })
    await button(page, 'Create user').click()
    await expect(heading(page)).toHaveText('Sign in')
    await page.getByLabel('User name', { exact: true }).fill('admin')
    await page.getByLabel('Password', { exact: true }).fill('Not-the-Passw0rd!')
    await button(page, 'Sign in').click()
    await expect(page.getByRole('alert')).toContainText('wrong')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await button(page, 'Sign in').click()
    await expect(page).toHaveURL('/users/new')
    await expect(outcome(page, 'alert')).toContainText('Nothing was changed yet: the form was not sent.')
    await expect(outcome(page, 'alert')).toContainText('Passwords, secrets and files are not kept')
    await expect(page.getByRole('main').getByLabel('User name', { exact: true })).toHaveValue('typed.by.hand')
    await expect(page.getByLabel('First name')).toHaveValue('Típpéd')
    expect(await page.content()).not.toContain(TYPED)
  })
})
