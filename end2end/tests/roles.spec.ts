// Roles: the list, the page of a role, the comparison, creation, change and deletion, and the warnings of a lockout.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectNoRow,
  expectRowVisible,
  facts,
  heading,
  outcome,
  overfill,
  rows,
  saveReviewed,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

interface Role {
  name: string
  description: string | null
  permissions: string[]
}

const list = (page: Page) => page.getByRole('table', { name: 'Roles' })
const permission = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true })
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const dialog = (page: Page, role: string) => page.getByRole('dialog', { name: `Delete ${role}?` })

async function role(portal: Portal, name: string): Promise<Role | undefined> {
  const roles = (await (await portal.simulator.asAdmin()).call('GET', '/roles')) as Role[]
  return roles.find((role) => role.name === name)
}

async function writes(portal: Portal): Promise<string[]> {
  const calls = await portal.simulator.calls()
  return calls
    .filter((call) => call.path.endsWith('/roles') && call.method !== 'GET')
    .map((call) => `${call.method} ${call.status}`)
}


withAndWithoutJavaScript((js) => {
  test('lists roles, finds them by permission, and marks roles without sign-in', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/roles')
    await expectRowVisible(list(page), {
      Name: 'portal_auditor',
      Description: 'Reads everything, changes nothing',
      Permissions: '8',
      'May sign in': 'Yes',
    })
    await expectRowVisible(list(page), { Name: 'security_viewer', 'May sign in': 'No' })
    if (js) await expectNoAxe(page)

    const search = page.getByRole('searchbox', { name: 'Search roles' })
    await search.fill('can_export_certificates')
    if (!js) await search.press('Enter')
    await expect(page).toHaveURL((url) => url.searchParams.get('q') === 'can_export_certificates')
    await expect.poll(async () => (await rows(list(page))).map((row) => row.Name)).toEqual(['security_administrator'])

    await page.goto('/roles?sign_in=no&sort=-permissions')
    const names = (await rows(list(page))).map((row) => row.Name)
    expect(names).toContain('workbench_viewer')
    expect(names).not.toContain('portal_auditor')
    const counts = (await rows(list(page))).map((row) => Number(row.Permissions))
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
  })

  test('shows the permissions and the users of a role', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/roles')
    await list(page).getByRole('link', { name: 'helpdesk_operator' }).click()
    await expect(heading(page)).toHaveText('helpdesk_operator')
    expect(await facts(page)).toMatchObject({ Permissions: '4', 'May sign in': 'Yes' })
    await expectRowVisible(tableOf(page, 'What the role grants'), {
      Permission: 'user_manager_admin',
      Area: 'Users',
      Description: /manage users/,
    })
    await expect(page.getByText('Included in these:')).toContainText('user_manager_viewer')
    await expectRowVisible(tableOf(page, 'Groups with this role'), { Group: 'helpdesk-team' })
    await expectRowVisible(tableOf(page, 'Users with this role'), { 'User name': 'helpdesk', Through: 'directly' })
    await expectRowVisible(tableOf(page, 'Users with this role'), { 'User name': 'c.okafor', Through: 'group helpdesk-team' })
    await expect(page.getByRole('link', { name: 'All users with this role' })).toHaveAttribute(
      'href',
      '/access?role=helpdesk_operator',
    )
    if (js) await expectNoAxe(page)

    await page.goto('/roles/security_viewer')
    await expect(page.getByText('Users who have only this role cannot sign in.')).toBeVisible()
  })

  test('compares two roles', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/roles')
    await page.getByRole('link', { name: 'Compare roles' }).click()
    await page.getByRole('combobox', { name: 'One role' }).selectOption('directory_viewer')
    await page.getByRole('combobox', { name: 'Another role' }).selectOption('security_viewer')
    await button(page, 'Compare').click()
    await expect(page).toHaveURL('/roles/compare?a=directory_viewer&b=security_viewer')
    const table = tableOf(page, 'Permissions of both roles')
    await expectRowVisible(table, { Permission: 'saml_viewer', 'Granted by': 'Both' })
    await expectRowVisible(table, { Permission: 'insight_viewer', 'Granted by': 'Only security_viewer' })
    await expect(page.getByText('Both grant 5, only directory_viewer grants 0, only security_viewer grants 1.')).toBeVisible()
    if (js) await expectNoAxe(page)
  })

  test('creates a role', async ({ page, portal }) => {
    await enter(page, portal, 'admin', '/roles')
    await page.getByRole('link', { name: 'New role' }).click()
    if (js) await expectNoAxe(page)
    await field(page, 'Name').fill('night shift')
    await field(page, 'Description').fill('Looks after the cluster\nat night')
    const warning = page.getByText('Users who have only this role cannot sign in.')
    await expect(warning).toBeVisible()
    await permission(page, 'can_create_token').check()
    await expect(warning).toBeHidden()
    await permission(page, 'insight_viewer').check()
    await button(page, 'Create role').click()
    await expect(outcome(page, 'status')).toContainText('The role night shift is created.')
    await expect(page).toHaveURL('/roles/night%20shift')
    await expect(heading(page)).toHaveText('night shift')
    expect(await role(portal, 'night shift')).toMatchObject({
      description: 'Looks after the cluster\nat night',
      permissions: ['can_create_token', 'insight_viewer'],
    })
    await page.goto('/roles?q=night')
    await expectRowVisible(list(page), { Name: 'night shift', Permissions: '2', 'May sign in': 'Yes' })
  })

  test('invalid input shows messages at its fields and stays in the form', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/roles/new')
    for (const [name, said] of [
      ['   ', /must not be empty/],
      ['a/b', /no slash/],
      ['compare', /no place/],
      ['x'.repeat(256), /longer than 255/],
      ['policy_officer', /already/],
    ] as const) {
      await overfill(field(page, 'Name'), name)
      await field(page, 'Description').fill('Kept <b>as it is</b> 🔑 مدير')
      await permission(page, 'role_viewer').check()
      await button(page, 'Create role').click()
      await expect(field(page, 'Name')).toHaveAttribute('aria-invalid', 'true')
      await expect(field(page, 'Name')).toHaveAccessibleDescription(said)
      await expect(field(page, 'Name')).toHaveValue(name)
      await expect(field(page, 'Description')).toHaveValue('Kept <b>as it is</b> 🔑 مدير')
      await expect(permission(page, 'role_viewer')).toBeChecked()
    }
    await field(page, 'Name').fill('fine')
    await field(page, 'Description').fill('x'.repeat(1001))
    await button(page, 'Create role').click()
    await expect(field(page, 'Description')).toHaveAccessibleDescription(/longer than 1000/)
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual([])
  })

  for (const name of ['<script>alert(1)</script>'.replace('/', ''), 'مسؤول الأمان', '🔑 & co.']) {
    test(`a role can be called ${name}`, async ({ page, portal }) => {
      await enter(page, portal, 'admin', '/roles/new')
      await field(page, 'Name').fill(name)
      await button(page, 'Create role').click()
      await expect(outcome(page, 'status')).toContainText(`The role ${name} is created.`)
      await expect(outcome(page, 'status')).toContainText('cannot sign in')
      await expect(heading(page)).toHaveText(name)
      await expect(page.getByText('No permissions')).toBeVisible()
    })
  }

  test('changes the permissions of a role', async ({ page, portal }) => {
    await enter(page, portal, 'admin', '/roles/policy_officer')
    await page.getByRole('link', { name: 'Edit' }).click()
    await expect(heading(page)).toHaveText('Edit policy_officer')
    await expect(permission(page, 'workbench_management_policy_write')).toBeChecked()
    if (js) await expectNoAxe(page)
    await permission(page, 'can_create_token').uncheck()
    await permission(page, 'saml_viewer').check()
    await field(page, 'Description').fill('Writes policies')
    await button(page, 'Save').click()
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('The role policy_officer is saved.')
    await expect(outcome(page, 'status')).toContainText('cannot sign in')
    const now = await role(portal, 'policy_officer')
    expect(now?.description).toBe('Writes policies')
    expect(now?.permissions.toSorted()).toEqual([
      'saml_viewer',
      'workbench_deployment_immutablepackage_export',
      'workbench_management_policy_read',
      'workbench_management_policy_write',
    ])
    expect(await writes(portal)).toEqual(['PUT 200'])

    await page.getByRole('link', { name: 'Edit' }).click()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('No changes to save: policy_officer stays as it is.')
  })

  test('keeps the concurrent change of another user', async ({ page, portal }) => {
    await enter(page, portal, 'admin', '/roles/policy_officer/edit')
    const cluster = await portal.simulator.asAdmin()
    const before = await role(portal, 'policy_officer')
    const permissions = [...(before?.permissions ?? []), 'insight_viewer']
    await cluster.call('PUT', '/roles', { name: 'policy_officer', description: before?.description, permissions })
    await permission(page, 'saml_viewer').check()
    await button(page, 'Save').click()
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('is saved')
    expect((await role(portal, 'policy_officer'))?.permissions).toEqual(
      expect.arrayContaining([...(before?.permissions ?? []), 'insight_viewer', 'saml_viewer']),
    )
  })

  test('asks for confirmation before a user removes their own user management', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/roles/security_administrator/edit')
    await permission(page, 'user_manager_admin').uncheck()
    await button(page, 'Save').click()
    const confirmed = page.getByRole('checkbox', { name: 'I know that this takes permissions from me' })
    await expect(confirmed).toBeVisible()
    await expect(confirmed).toHaveAccessibleDescription(/Others could/)
    await expect(permission(page, 'user_manager_admin')).not.toBeChecked()
    expect(await writes(portal)).toEqual([])
    await confirmed.check()
    await button(page, 'Save').click()
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('is saved')
    expect((await role(portal, 'security_administrator'))?.permissions).not.toContain('user_manager_admin')
  })

  test('asks for confirmation before no user can manage users', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    const cluster = await portal.simulator.asAdmin()
    await cluster.call('PUT', '/roles', { name: 'helpdesk_operator', permissions: ['can_create_token'] })
    await enter(page, portal, 'admin', '/roles/security_administrator/edit')
    await permission(page, 'user_manager_admin').uncheck()
    await button(page, 'Save').click()
    const confirmed = page.getByRole('checkbox', { name: 'I know that no account could manage users afterwards' })
    await expect(confirmed).toBeVisible()
    await expect(confirmed).toHaveAccessibleDescription(/No account would be left/)
    await expect(page.getByRole('checkbox', { name: 'I know that this takes permissions from me' })).toBeHidden()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await expect(heading(page)).toHaveText('security_administrator')
    expect((await role(portal, 'security_administrator'))?.permissions).toContain('user_manager_admin')
  })

  test('deletes an assigned role after its name is typed', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/roles/workbench_viewer')
    await button(page, 'Delete').click()
    const asked = dialog(page, 'workbench_viewer')
    await expect(asked).toContainText('These groups have it: developers.')
    const typed = asked.getByLabel('Type the name of the role to go on')
    await typed.fill('workbench')
    await button(asked, 'Delete').click()
    await expect(asked).toBeVisible()
    await expect(typed).toHaveAccessibleDescription(/Type the name of the role/)
    await expect(typed).toHaveValue('workbench')
    if (js) await expectNoAxe(page)
    expect(await role(portal, 'workbench_viewer')).toBeDefined()
    await typed.fill('workbench_viewer')
    await button(asked, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('The role workbench_viewer is deleted.')
    await expect(page).toHaveURL('/roles')
    await expectNoRow(list(page), { Name: 'workbench_viewer' })
    expect(await role(portal, 'workbench_viewer')).toBeUndefined()
    expect(await writes(portal)).toEqual(['DELETE 200'])
  })

  test('deletes an unassigned role after one confirmation', async ({ page, portal }) => {
    await (await portal.simulator.asAdmin()).call('POST', '/roles', { name: 'unused', description: '', permissions: [] })
    await enter(page, portal, 'admin', '/roles/unused')
    await button(page, 'Delete').click()
    const asked = dialog(page, 'unused')
    await expect(asked).toContainText('No group has it. No user has it.')
    await button(asked, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('is deleted')
  })

  test('a viewer sees why the controls are disabled', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enter(page, portal, 'auditor', '/roles')
    await expect(button(page, 'New role')).toHaveAttribute('aria-disabled', 'true')
    await expect(button(page, 'New role')).toHaveAccessibleDescription(/role_admin/)
    await page.goto('/roles/policy_officer')
    for (const name of ['Edit', 'Delete']) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, name)).toHaveAccessibleDescription(/role_admin.*security_administrator/)
    }
    for (const path of ['/roles/new', '/roles/policy_officer/edit']) {
      expect((await page.goto(path))?.status(), path).toBe(403)
      await expect(outcome(page, 'alert')).toContainText('role_admin')
    }
    expect(await writes(portal)).toEqual([])
  })

  test('shows a refusal of the cluster and keeps the input', async ({ page, portal, watch }) => {
    watch.allowStatus(403, 502, 503)
    await enter(page, portal, 'admin', '/roles/new')
    await field(page, 'Name').fill('late')
    await permission(page, 'role_viewer').check()
    for (const fault of [{ status: 503, body: '' }, { status: 403, body: '' }, 'drop'] as const) {
      await portal.simulator.faults([{ method: 'POST', path: '/pty/v1/auth/roles', fault }])
      await button(page, 'Create role').click()
      await expect(outcome(page, 'alert')).toBeVisible()
      await expect(outcome(page, 'alert')).toContainText(/Request id/)
      await expect(field(page, 'Name')).toHaveValue('late')
      await expect(permission(page, 'role_viewer')).toBeChecked()
    }
    await portal.simulator.clearFaults()
    await button(page, 'Create role').click()
    await expect(outcome(page, 'status')).toContainText('The role late is created.')
  })
})

test('an unlisted role has a page that says so', async ({ page, portal, watch }) => {
  watch.allowStatus(404)
  await enter(page, portal, 'auditor')
  for (const path of ['/roles/unknown', '/roles/%3Cscript%3E', '/roles/..%2Fusers', `/roles/${'x'.repeat(500)}`]) {
    expect((await page.goto(path))?.status(), path).toBe(404)
    await expect(outcome(page, 'alert')).toContainText('does not list this role to you')
    await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible()
  }
  expect((await page.goto('/roles/compare?a=unknown&b=policy_officer'))?.status()).toBe(404)
})

test('a role with the name of a page can be viewed', async ({ page, portal }) => {
  await (await portal.simulator.asAdmin()).call('POST', '/roles', { name: 'compare', description: '', permissions: [] })
  await enter(page, portal, 'auditor', '/roles')
  await list(page).getByRole('link', { name: 'compare', exact: true }).click()
  await expect(heading(page)).toHaveText('compare')
})

test('an officer has no roles in the navigation', async ({ page, portal, watch }) => {
  watch.allowStatus(403)
  await enter(page, portal, 'officer')
  await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Roles' })).toHaveCount(0)
  expect((await page.goto('/roles'))?.status()).toBe(403)
  await expect(outcome(page, 'alert')).toContainText('role_viewer')
})

test('the list is exported as CSV', async ({ page, portal }) => {
  await enter(page, portal, 'auditor', '/roles?q=viewer&columns=grants')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()])
  expect(download.suggestedFilename()).toMatch(/^postern-roles-\d{4}-\d\d-\d\d\.csv$/)
  const csv = await (await page.request.get('/export/roles.csv?q=security_viewer')).text()
  expect(csv.split('\r\n')[0]).toBe('\uFEFFName,Description,Permissions,May sign in')
  expect(csv).toContain('security_viewer,Security Administrator Viewer,6,No')
})
