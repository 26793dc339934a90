// The creation, change and deletion of a user and the reset of a password: with and without the permissions, with valid
// and with invalid input.
import type { Locator, Page } from '@playwright/test'
import {
  button,
  doubleClickHeld,
  enterRefreshed,
  expect,
  expectNoAxe,
  expectNoSidewaysScroll,
  expectRowVisible,
  facts,
  heading,
  outcome,
  overfill,
  PASSWORD,
  type Portal,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

const STRONG = 'Tulip-Harbor-4711'
const RTL = 'ליבי الاسم'
const EMOJI = '👩‍👩‍👧‍👦🏳️‍🌈'
const SCRIPT = '<script>alert(1)</script>'

/** A field of the page. The dialog for signing in again has fields of the same names. */
const field = (within: Page | Locator, label: string): Locator =>
  ('goto' in within ? within.getByRole('main') : within).getByLabel(label, { exact: true })
const roleBox = (page: Page, role: string): Locator =>
  page.getByRole('group', { name: 'Roles' }).getByRole('checkbox', { name: new RegExp(`^${role}\\b`) })
const groups = (page: Page): Locator => page.getByRole('group', { name: 'Groups' })
const searchBox = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search groups' })
const found = (page: Page): Locator => groups(page).getByRole('list', { name: 'Found' })
const chosen = (page: Page): Locator => groups(page).getByRole('list', { name: 'Groups' })

/** The messages at the fields, by the name of the field. */
async function messages(page: Page): Promise<Record<string, string>> {
  return page.getByRole('main').evaluate((main) =>
    Object.fromEntries(
      [...main.querySelectorAll<HTMLElement>('.field-error')]
        .filter((place) => place.innerText !== '')
        .map((place) => [place.dataset.errorFor ?? '', place.innerText]),
    ),
  )
}

const mutations = async (portal: Portal): Promise<string[]> =>
  (await portal.simulator.calls())
    .filter((call) => call.method !== 'GET' && !call.path.includes('/login'))
    .map((call) => `${call.method} ${call.path.replace(/[0-9a-f-]{36}/, 'ID')}`)

/** Sends a form without the page, with the headers of a browser. */
const forced = (page: Page, portal: Portal, path: string, form: Record<string, string>) =>
  page.request.post(portal.url + path, {
    headers: { origin: portal.url, accept: 'application/json' },
    form,
    maxRedirects: 0,
  })

/** Opens a dialog of the user's page. */
async function open(page: Page, verb: string, title: string): Promise<Locator> {
  await button(page, verb).click()
  const asked = page.getByRole('dialog', { name: title })
  await expect(asked).toBeVisible()
  return asked
}

withAndWithoutJavaScript((js) => {
  test.beforeEach(({ page }) => {
    page.on('dialog', (asked) => {
      throw new Error(`a script ran: ${asked.message()}`)
    })
  })

  /** Searches groups: typing suffices with scripts; without them, the button searches. */
  async function findGroups(page: Page, text: string): Promise<void> {
    await searchBox(page).fill(text)
    if (!js) await button(groups(page), 'Find').click()
  }

  test.describe('a new user', () => {
    test('is created with roles, groups and a password', async ({ page, portal }) => {
      await enterRefreshed(page, portal, 'admin', '/users')
      await page.getByRole('link', { name: 'New user' }).click()
      await expect(heading(page)).toHaveText('New user')
      await findGroups(page, 'dev')
      await found(page).getByRole('checkbox', { name: /^developers/ }).check()
      if (js) await expect(chosen(page).getByRole('checkbox', { name: /^developers/ })).toBeChecked()
      await field(page, 'User name').fill('Ana.Ito')
      await field(page, 'Password').fill(STRONG)
      await field(page, 'First name').fill(`Ana ${EMOJI}`)
      await field(page, 'Last name').fill(RTL)
      await field(page, 'E-mail').fill('ana.ito@example.com')
      await roleBox(page, 'directory_viewer').check()
      await roleBox(page, 'portal_auditor').check()
      await button(page, 'Create user').click()

      await expect(heading(page)).toHaveText('ana.ito')
      await expect(outcome(page, 'status')).toContainText('is created.')
      expect(await facts(page)).toMatchObject({
        State: 'Open',
        Name: `Ana ${EMOJI} ${RTL}`,
        'E-mail': expect.stringMatching(/^ana\.ito@example\.com/),
        Groups: 'developers',
      })
      await expectRowVisible(tableOf(page, 'Roles and what they grant'), { Role: 'portal_auditor' })
      expect(await portal.simulator.answerToLogin('ana.ito', STRONG)).toBe('signed in')
      expect(await page.content()).not.toContain(STRONG)
      await page.goto('/users?q=ana.ito')
      await expectRowVisible(page.getByRole('table'), { 'User name': 'ana.ito', State: 'Open' })
    })

    test('can be locked and without a password', async ({ page, portal }) => {
      await enterRefreshed(page, portal, 'helpdesk', '/users/new')
      await field(page, 'User name').fill('later')
      await roleBox(page, 'directory_viewer').check()
      await page.getByRole('checkbox', { name: 'The account is open' }).uncheck()
      await button(page, 'Create user').click()
      await expect(heading(page)).toHaveText('later')
      expect((await facts(page)).State).toBe('Locked')
    })

    test('Enter in a field creates, and does not search for groups', async ({ page, portal }) => {
      await enterRefreshed(page, portal, 'helpdesk', '/users/new')
      await roleBox(page, 'directory_viewer').check()
      await field(page, 'User name').fill('by.enter')
      await field(page, 'User name').press('Enter')
      await expect(heading(page)).toHaveText('by.enter')
    })

    test('needs a name and a role', async ({ page, portal, watch }) => {
      watch.allowStatus(422)
      await enterRefreshed(page, portal, 'admin', '/users/new')
      await field(page, 'First name').fill(SCRIPT)
      await field(page, 'Last name').fill(EMOJI)
      await button(page, 'Create user').click()
      await expect.poll(() => messages(page)).toEqual({
        username: 'This must not be empty.',
        roles: 'Choose at least one role: every user must have one.',
      })
      await expect(field(page, 'User name')).toHaveAttribute('aria-invalid', 'true')
      await expect(field(page, 'User name')).toHaveAccessibleDescription(/must not be empty/)
      await expect(field(page, 'User name')).toBeFocused()
      await expect(field(page, 'First name')).toHaveValue(SCRIPT)
      await expect(field(page, 'Last name')).toHaveValue(EMOJI)
      if (js) await expectNoAxe(page)
      await expectNoSidewaysScroll(page)
      expect(await mutations(portal)).toEqual([])
    })

    for (const [what, typed, expected] of [
      ['a name with spaces', { 'User name': 'ana ito' }, { username: /no spaces/ }],
      ['markup for a name', { 'User name': SCRIPT }, { username: /no spaces and none of/ }],
      ['a name that is too long', { 'User name': 'ü'.repeat(256) }, { username: /longer than 255/ }],
      [
        'everything too long',
        { 'User name': 'ana', 'First name': EMOJI.repeat(60), 'Last name': RTL.repeat(40), 'E-mail': `${'x'.repeat(300)}@example.com` },
        { first_name: /longer than 255/, last_name: /longer than 255/, email: /longer than 254/ },
      ],
      ['no e-mail address', { 'User name': 'ana', 'E-mail': 'ana at home' }, { email: /must look like/ }],
      ['markup for an address', { 'User name': 'ana', 'E-mail': SCRIPT }, { email: /must look like/ }],
      ['a weak password', { 'User name': 'ana', Password: 'abc' }, { password: /.+/ }],
      ['a name that is taken', { 'User name': 'Alpha', 'Last name': RTL }, { username: /same username/ }],
      ['an address that is taken', { 'User name': 'ana', 'E-mail': 'alpha@example.com' }, { email: /same email/ }],
    ] as [string, Record<string, string>, Record<string, RegExp>][]) {
      test(`${what} shows a message at its field, and the input stays`, async ({ page, portal, watch }) => {
        watch.allowStatus(409, 422)
        await enterRefreshed(page, portal, 'admin', '/users/new')
        await findGroups(page, 'contr')
        await found(page).getByRole('checkbox', { name: /^contractors/ }).check()
        for (const [label, text] of Object.entries(typed)) await overfill(field(page, label), text)
        await roleBox(page, 'directory_viewer').check()
        await page.getByRole('checkbox', { name: 'The account is open' }).uncheck()
        await button(page, 'Create user').click()

        await expect.poll(async () => Object.keys(await messages(page)).sort()).toEqual(Object.keys(expected).sort())
        for (const [name, words] of Object.entries(expected)) expect((await messages(page))[name]).toMatch(words)
        for (const [label, text] of Object.entries(typed)) {
          await expect(field(page, label)).toHaveValue(label === 'Password' && !js ? '' : text)
        }
        await expect(roleBox(page, 'directory_viewer')).toBeChecked()
        await expect(roleBox(page, 'portal_auditor')).not.toBeChecked()
        await expect(page.getByRole('checkbox', { name: 'The account is open' })).not.toBeChecked()
        await expect(chosen(page).getByRole('checkbox', { name: /^contractors/ })).toBeChecked()
        await expectNoSidewaysScroll(page)

        for (const label of Object.keys(typed)) await field(page, label).fill('')
        await field(page, 'User name').fill('corrected')
        await button(page, 'Create user').click()
        await expect(heading(page)).toHaveText('corrected')
        expect(await facts(page)).toMatchObject({ State: 'Locked', Groups: 'contractors' })
      })
    }

    test('a failing cluster keeps the input', async ({ page, portal, watch }) => {
      watch.allowStatus(502)
      await enterRefreshed(page, portal, 'helpdesk', '/users/new')
      await portal.simulator.faults([{ method: 'POST', path: '/pty/v1/auth/users', fault: 'html' }])
      await field(page, 'User name').fill('ana')
      await field(page, 'Last name').fill(RTL)
      await roleBox(page, 'directory_viewer').check()
      await button(page, 'Create user').click()
      await expect(page.getByRole('alert')).toContainText(/create a user/)
      await expect(page.getByRole('alert')).toContainText(/Request id/)
      await expect(field(page, 'Last name')).toHaveValue(RTL)
      await expect(roleBox(page, 'directory_viewer')).toBeChecked()
      await portal.simulator.clearFaults()
      await button(page, 'Create user').click()
      await expect(heading(page)).toHaveText('ana')
    })

    test('groups are found, added and removed', async ({ page, portal }) => {
      await enterRefreshed(page, portal, 'admin', '/users/new')
      await field(page, 'User name').fill('half typed')
      await findGroups(page, 'الأمان')
      await found(page).getByRole('checkbox', { name: /^فريق الأمان/ }).check()
      await findGroups(page, 'PRÜF')
      await expect(found(page).getByRole('checkbox')).toHaveCount(1)
      await found(page).getByRole('checkbox', { name: /^Prüfstelle Süd/ }).check()
      await findGroups(page, 'zzz-nothing')
      await expect(groups(page).getByText(js ? 'Nothing found' : 'No match for “zzz-nothing”.')).toBeVisible()
      await expect(chosen(page).getByRole('checkbox')).toHaveCount(2)
      await expect(field(page, 'User name')).toHaveValue('half typed')
      await expect(page.getByRole('alert')).toHaveCount(0)

      await chosen(page).getByRole('checkbox', { name: /^Prüfstelle Süd/ }).uncheck()
      await field(page, 'User name').fill('chosen')
      await roleBox(page, 'directory_viewer').check()
      await button(page, 'Create user').click()
      await expect(heading(page)).toHaveText('chosen')
      expect((await facts(page)).Groups).toBe('فريق الأمان')
    })
  })

  test.describe('editing', () => {
    test('sends only the changed fields', async ({ page, portal }) => {
      const path = await portal.userPath('officer')
      await enterRefreshed(page, portal, 'helpdesk', path)
      await page.getByRole('link', { name: 'Edit', exact: true }).click()
      await expect(heading(page)).toHaveText('Edit officer')
      await expect(page.getByRole('main').locator('input[type=password]')).toHaveCount(0)
      await expect(field(page, 'First name')).toHaveValue('Officer')
      await expect(roleBox(page, 'policy_officer')).toBeChecked()
      await portal.simulator.clearCalls()
      await field(page, 'First name').fill(EMOJI)
      await field(page, 'Last name').fill(RTL)
      await button(page, 'Save').click()
      await expect(heading(page)).toHaveText('officer')
      await expect(outcome(page, 'status')).toContainText('officer is saved.')
      expect(await facts(page)).toMatchObject({ Name: `${EMOJI} ${RTL}`, State: 'Open' })
      expect(await mutations(portal)).toEqual(['PUT /pty/v1/auth/users'])
      expect(await portal.simulator.answerToLogin('officer', PASSWORD), 'the password is unchanged').toBe('signed in')

      await page.goto(`${path}/edit`)
      await portal.simulator.clearCalls()
      await button(page, 'Save').click()
      await expect(outcome(page, 'status')).toContainText('No changes to save: officer stays as it is.')
      expect(await mutations(portal)).toEqual([])
    })

    test('adds and removes roles and groups', async ({ page, portal }) => {
      const path = await portal.userPath('alpha')
      await enterRefreshed(page, portal, 'admin', `${path}/edit`)
      await expect(chosen(page).getByRole('checkbox', { name: /^developers/ })).toBeChecked()
      await chosen(page).getByRole('checkbox', { name: /^developers/ }).uncheck()
      await findGroups(page, 'helpdesk')
      await found(page).getByRole('checkbox', { name: /^helpdesk-team/ }).check()
      await roleBox(page, 'workbench_viewer').check()
      await roleBox(page, 'directory_viewer').uncheck()
      await button(page, 'Save').click()
      await expect(outcome(page, 'status')).toContainText('alpha is saved.')
      expect((await facts(page)).Groups).toBe('helpdesk-team')
      await expectRowVisible(tableOf(page, 'Roles and what they grant'), { Role: /^workbench_viewer/ })
    })

    test('invalid input shows messages at its fields and stays in the form', async ({ page, portal, watch }) => {
      watch.allowStatus(409, 422)
      await enterRefreshed(page, portal, 'admin', `${await portal.userPath('alpha')}/edit`)
      await portal.simulator.clearCalls()
      await field(page, 'E-mail').fill(SCRIPT)
      await overfill(field(page, 'First name'), 'x'.repeat(256))
      await field(page, 'Last name').fill(RTL)
      for (const box of await page.getByRole('group', { name: 'Roles' }).getByRole('checkbox', { checked: true }).all()) {
        await box.uncheck()
      }
      await button(page, 'Save').click()
      await expect.poll(async () => Object.keys(await messages(page)).sort()).toEqual(['email', 'first_name', 'roles'])
      await expect(field(page, 'E-mail')).toHaveValue(SCRIPT)
      await expect(field(page, 'First name')).toHaveValue('x'.repeat(256))
      await expect(field(page, 'Last name')).toHaveValue(RTL)
      await expect(page.getByRole('group', { name: 'Roles' }).getByRole('checkbox', { checked: true })).toHaveCount(0)
      expect(await mutations(portal)).toEqual([])

      await roleBox(page, 'directory_viewer').check()
      await field(page, 'First name').fill('')
      await field(page, 'E-mail').fill('officer@example.com')
      await button(page, 'Save').click()
      await expect.poll(() => messages(page)).toEqual({ email: expect.stringMatching(/same email/) })
      await field(page, 'E-mail').fill('')
      await button(page, 'Save').click()
      await expect(outcome(page, 'status')).toContainText('alpha is saved.')
      expect(await facts(page)).toMatchObject({ Name: RTL, 'E-mail': '—' })
    })
  })

  test.describe('deleting', () => {
    test('needs confirmation and is final', async ({ page, portal }) => {
      const path = await portal.userPath('bdrift')
      await enterRefreshed(page, portal, 'helpdesk', path)
      const asked = await open(page, 'Delete', 'Delete bdrift?')
      await expect(asked).toContainText('This cannot be undone.')
      if (js) await expectNoAxe(page)
      await button(asked, 'Delete').click()
      await expect(page).toHaveURL('/users')
      await expect(outcome(page, 'status')).toContainText('bdrift is deleted.')
      await page.goto('/users?q=bdrift@')
      await expect(page.getByText('Nothing matches')).toBeVisible()
    })

    test('shows that the user is deleted already', async ({ page, portal, watch }) => {
      watch.allowStatus(404)
      const path = await portal.userPath('bdrift')
      await enterRefreshed(page, portal, 'helpdesk', path)
      await (await portal.simulator.asAdmin()).call('DELETE', path)
      await button(await open(page, 'Delete', 'Delete bdrift?'), 'Delete').click()
      await expect(page.getByRole('alert').first()).toContainText(/not found/i)
    })
  })

  test.describe('resetting a password', () => {
    const title = 'Reset the password of officer?'

    test('generates a temporary password and shows it once', async ({ page, portal }) => {
      await enterRefreshed(page, portal, 'helpdesk', await portal.userPath('officer'))
      const asked = await open(page, 'Reset password', title)
      await expect(asked.getByRole('checkbox', { name: 'Temporary' })).toBeChecked()
      if (js) await expectNoAxe(page)
      await button(asked, 'Reset password').click()
      const done = outcome(page, 'status')
      await expect(done).toContainText('officer has a new password.')
      await expect(done).toContainText(/temporary/)
      const password = await done.getByRole('code').innerText()
      expect(password).toMatch(/^.{8,64}$/)
      expect(await portal.simulator.answerToLogin('officer', password)).toContain('not fully set up')
      await page.reload()
      await expect(heading(page)).toHaveText('officer')
      expect(await page.content()).not.toContain(password)
    })

    test('sets a typed password that is permanent', async ({ page, portal }) => {
      await enterRefreshed(page, portal, 'helpdesk', await portal.userPath('officer'))
      const asked = await open(page, 'Reset password', title)
      await field(asked, 'New password').fill(STRONG)
      await asked.getByRole('checkbox', { name: 'Temporary' }).uncheck()
      await button(asked, 'Reset password').click()
      await expect(outcome(page, 'status')).toContainText('It stays until it is changed.')
      await expect(outcome(page, 'status').getByRole('code')).toHaveCount(0)
      expect(await portal.simulator.answerToLogin('officer', STRONG)).toBe('signed in')
    })

    for (const [what, typed] of [
      ['a weak one', 'abc'],
      ['one that is too long', 'Aa1!'.repeat(70)],
      ['markup', SCRIPT.slice(0, 7)],
    ] as const) {
      test(`${what} shows a message at its field in the dialog`, async ({ page, portal, watch }) => {
        watch.allowStatus(422)
        await enterRefreshed(page, portal, 'helpdesk', await portal.userPath('officer'))
        const asked = await open(page, 'Reset password', title)
        await overfill(field(asked, 'New password'), typed)
        await asked.getByRole('checkbox', { name: 'Temporary' }).uncheck()
        await button(asked, 'Reset password').click()
        await expect(asked).toBeVisible()
        await expect(field(asked, 'New password')).toHaveAttribute('aria-invalid', 'true')
        await expect(field(asked, 'New password')).toHaveAccessibleDescription(/character|upper|digit|longer|length/i)
        await expect(field(asked, 'New password')).toHaveValue(js ? typed : '')
        await expect(asked.getByRole('checkbox', { name: 'Temporary' })).not.toBeChecked()
        expect(await portal.simulator.answerToLogin('officer', PASSWORD)).toBe('signed in')
      })
    }
  })

  test.describe("the user's own account", () => {
    test('needs a second confirmation to be locked or deleted', async ({ page, portal, watch }) => {
      watch.allowStatus(422)
      await enterRefreshed(page, portal, 'helpdesk', await portal.userPath('helpdesk'))
      for (const verb of ['Lock', 'Delete']) {
        const asked = await open(page, verb, `${verb} helpdesk?`)
        await expect(asked).toContainText('This is your own account.')
        await expect(asked.getByRole('checkbox')).toHaveCount(0)
        await button(asked, verb).click()
        const confirmed = asked.getByRole('checkbox', { name: 'I know that this is my own account' })
        await expect(confirmed).toBeVisible()
        await expect(confirmed).toHaveAccessibleDescription(/Others could/)
        await expect(asked.getByRole('checkbox', { name: /no account could manage/ })).toBeHidden()
        if (js) await expectNoAxe(page)
        if (verb === 'Lock') await page.goto(page.url())
        else {
          await confirmed.check()
          await button(asked, verb).click()
          await expect(page.getByText(/is deleted|Sign in/).first()).toBeVisible()
        }
      }
    })

    test('keeps user management unless the user confirms', async ({ page, portal, watch }) => {
      watch.allowStatus(422, 403)
      await enterRefreshed(page, portal, 'admin', `${await portal.userPath('admin')}/edit`)
      await roleBox(page, 'security_administrator').uncheck()
      await roleBox(page, 'portal_auditor').check()
      await field(page, 'Last name').fill(RTL)
      await expect(page.getByRole('checkbox', { name: /I know that/ })).toHaveCount(0)
      await button(page, 'Save').click()
      const confirmed = page.getByRole('checkbox', { name: 'I know that this takes permissions from me' })
      await expect(confirmed).toBeVisible()
      await expect(confirmed).toHaveAccessibleDescription(/Others could/)
      await expect(roleBox(page, 'security_administrator')).not.toBeChecked()
      await expect(field(page, 'Last name')).toHaveValue(RTL)
      await confirmed.check()
      await button(page, 'Save').click()
      await expect(outcome(page, 'status')).toContainText('admin is saved.')
    })

    test('has its own warning as the last account that can manage users', async ({ page, portal, watch }) => {
      watch.allowStatus(422)
      const cluster = await portal.simulator.asAdmin()
      const users = (await cluster.call('GET', '/users?first=0&max=1000')) as { id: string; username: string }[]
      for (const user of users.filter((user) => user.username !== 'admin')) {
        await cluster.call('PUT', `/users/${user.id}/lock`)
      }
      await enterRefreshed(page, portal, 'admin', await portal.userPath('admin'))
      const asked = await open(page, 'Delete', 'Delete admin?')
      await button(asked, 'Delete').click()
      const confirmed = asked.getByRole('checkbox', { name: 'I know that no account could manage users afterwards' })
      await expect(confirmed).toBeVisible()
      await expect(confirmed).toHaveAccessibleDescription(/only the cluster's administrator could undo this/)
      expect((await mutations(portal)).filter((call) => call.startsWith('DELETE'))).toEqual([])
    })
  })

  test('the auditor sees the missing permission, and forged forms are refused', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    const path = await portal.userPath('alpha')
    const id = path.replace('/users/', '')
    await enterRefreshed(page, portal, 'auditor', path)
    const disabled = async (names: string[]) => {
      for (const name of names) {
        const control = button(page, name)
        await expect(control, name).toHaveAttribute('aria-disabled', 'true')
        await expect(control, name).toHaveAccessibleDescription(/user_manager_admin/)
        await control.focus()
        await page.keyboard.press('Enter')
      }
    }
    await disabled(['Edit', 'Reset password', 'Lock', 'Unlock', 'Delete'])
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await page.goto('/users')
    await disabled(['New user', 'Create from a file'])
    await portal.simulator.clearCalls()
    for (const address of ['/users/new', `${path}/edit`]) {
      expect((await page.goto(address))?.status(), address).toBe(403)
      await expect(outcome(page, 'alert')).toContainText('user_manager_admin')
      await expect(page.getByRole('main').locator('form')).toHaveCount(0)
      if (js) await expectNoAxe(page)
    }
    for (const [address, form] of [
      ['/api/users/create', { username: 'x', 'roles[]': 'directory_viewer' }],
      ['/api/users/edit', { id, first_name: 'x', 'roles[]': 'directory_viewer' }],
      ['/api/users/delete', { id }],
      ['/api/users/reset-password', { id }],
    ] as [string, Record<string, string>][]) {
      const response = await forced(page, portal, address, form)
      expect(response.status(), address).toBe(403)
      expect(await response.text()).toContain('user_manager_admin')
    }
    expect(await portal.simulator.calls(), 'nothing reached the cluster').toEqual([])
  })

  test('the pages have no accessibility violations and fit a phone', async ({ page, portal }) => {
    test.slow()
    await page.setViewportSize({ width: 360, height: 740 })
    const path = await portal.userPath('maximiliana-wilhelmina.von-hohenschwangau-zu-trauttmansdorff-weinsberg')
    await enterRefreshed(page, portal, 'admin')
    for (const address of ['/users/new', `${path}/edit`, path]) {
      await page.goto(address)
      if (js) await expectNoAxe(page)
      await expectNoSidewaysScroll(page)
    }
    for (const [verb, title] of [['Reset password', 'Reset the password of'], ['Delete', 'Delete'], ['Lock', 'Lock']]) {
      await button(page, verb!).click()
      await expect(page.getByRole('dialog', { name: title })).toBeVisible()
      if (js) await expectNoAxe(page)
      await expectNoSidewaysScroll(page)
      await page.keyboard.press('Escape')
    }
  })
})

test('the password rules update while typing', async ({ page, portal }) => {
  await enterRefreshed(page, portal, 'admin', '/users/new')
  const rules = page.getByRole('listitem').filter({ hasText: /digit|upper|lower|character|special/i })
  const count = await rules.count()
  expect(count).toBeGreaterThan(2)
  const states = async () => (await rules.allInnerTexts()).map((text) => (text.includes('not met yet') ? 'no' : text.includes('met') ? 'yes' : ''))
  expect(new Set(await states())).toEqual(new Set(['']))
  await field(page, 'Password').fill('abc')
  await expect.poll(async () => new Set(await states())).toEqual(new Set(['no', 'yes']))
  await expectNoAxe(page)
  await field(page, 'Password').fill(STRONG)
  await expect.poll(async () => new Set(await states())).toEqual(new Set(['yes']))
  await field(page, 'Password').fill('')
  await expect.poll(async () => new Set(await states())).toEqual(new Set(['']))
  expect((await portal.simulator.calls()).filter((call) => call.method !== 'GET' && !call.path.includes('login'))).toEqual([])
})

test('a double click sends one form', async ({ page, portal }) => {
  await enterRefreshed(page, portal, 'helpdesk', '/users/new')
  await field(page, 'User name').fill('once')
  await roleBox(page, 'directory_viewer').check()
  const path = '/pty/v1/auth/users'
  const forms = await doubleClickHeld(button(page, 'Create user'), portal, { method: 'POST', path })
  await expect(heading(page)).toHaveText('once')
  expect(forms).toEqual(['/api/users/create'])
  expect(await portal.simulator.held()).toEqual([])
  expect(await mutations(portal)).toEqual(['POST /pty/v1/auth/users'])
})

test('the end of the session keeps the input', async ({ page, portal, watch }) => {
  watch.allowStatus(401)
  await enterRefreshed(page, portal, 'helpdesk', '/users/new')
  await field(page, 'User name').fill('kept')
  await roleBox(page, 'directory_viewer').check()
  await portal.simulator.expire('all')
  await button(page, 'Create user').click()
  const again = page.getByRole('dialog', { name: /Sign in again/ })
  await expect(again).toBeVisible()
  await again.getByLabel('Password').fill(PASSWORD)
  await button(again, 'Sign in').click()
  await expect(heading(page)).toHaveText('kept')
})
