// Groups: the list, the page of a group, and its creation, change and deletion with members and roles.
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

test.use({ users: 200 })

interface Group {
  id: string
  name: string
  description: string
  members: string[]
  roles: string[]
}

const list = (page: Page) => page.getByRole('table', { name: 'Groups' })
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const box = (page: Page, name: string | RegExp) => page.getByRole('checkbox', { name })
const dialog = (page: Page, group: string) => page.getByRole('dialog', { name: `Delete ${group}?` })
const MORE = 'More members by user name'

async function group(portal: Portal, name: string): Promise<Group | undefined> {
  const groups = (await (await portal.simulator.asAdmin()).call('GET', '/groups?first=0&max=1000')) as Group[]
  return groups.find((group) => group.name === name)
}

async function groupPath(portal: Portal, name: string): Promise<string> {
  return `/groups/${(await group(portal, name))?.id}`
}

async function exists(portal: Portal, user: string): Promise<boolean> {
  return (await portal.simulator.asAdmin()).userId(user).then(
    () => true,
    () => false,
  )
}

async function writes(portal: Portal): Promise<string[]> {
  const calls = await portal.simulator.calls()
  return calls
    .filter((call) => call.path.includes('/groups') && call.method !== 'GET')
    .map((call) => `${call.method} ${call.status}`)
}


withAndWithoutJavaScript((js) => {
  /** Finds and selects a user for a group: typing suffices with scripts; without them, "Find" searches. */
  async function pick(page: Page, text: string, user: string): Promise<void> {
    await page.getByRole('searchbox', { name: 'Search users' }).fill(text)
    if (!js) await button(page, 'Find').click()
    await page.getByRole('list', { name: 'Found' }).getByRole('checkbox', { name: new RegExp(`^${user}`) }).check()
  }

  test('lists groups, searches, filters and sorts them', async ({ page, portal }) => {
    // The reset of the cluster for this test leaves the portal's cache as it was.
    await enter(page, portal, 'auditor', '/groups?fresh=1')
    await expectRowVisible(list(page), {
      Name: 'developers',
      Description: 'Build and run the services',
      Type: 'local',
      Members: '12',
      Roles: 'workbench_viewer',
    })
    await expectRowVisible(list(page), { Name: 'فريق الأمان', Roles: '—' })
    if (js) await expectNoAxe(page)
    const search = page.getByRole('searchbox', { name: 'Search groups' })
    await search.fill('prüft')
    if (!js) await search.press('Enter')
    await expect(page).toHaveURL((url) => url.searchParams.get('q') === 'prüft')
    await expect.poll(async () => (await rows(list(page))).map((row) => row.Name)).toEqual(['Prüfstelle Süd'])
    await expectRowVisible(list(page), { Description: 'Prüft, was die anderen tun – <b>nur</b> lesend' })
    await page.goto('/groups?members=empty')
    expect((await rows(list(page))).map((row) => row.Name)).toEqual(['contractors'])
    await page.goto('/groups?sort=-members&roles=with')
    const counts = (await rows(list(page))).map((row) => Number(row.Members))
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
  })

  test('shows the members of a group and the permissions of its roles', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/groups?fresh=1')
    await list(page).getByRole('link', { name: 'helpdesk-team' }).click()
    await expect(heading(page)).toHaveText('helpdesk-team')
    expect(await facts(page)).toMatchObject({ Type: 'local', Members: '5', Description: 'Help people back into their accounts' })
    await expectRowVisible(tableOf(page, 'Members'), { 'User name': 'c.okafor', Name: 'Chidi Okafor' })
    await expectRowVisible(tableOf(page, 'Roles and what they grant'), {
      Role: 'helpdesk_operator',
      Grants: /user_manager_admin/,
    })
    if (js) await expectNoAxe(page)
    await tableOf(page, 'Members').getByRole('link', { name: 'c.okafor' }).click()
    await expect(heading(page)).toHaveText('c.okafor')
  })

  test('creates a group', async ({ page, portal }) => {
    await enter(page, portal, 'admin', '/groups')
    await page.getByRole('link', { name: 'New group' }).click()
    await field(page, 'Name').fill('night shift')
    await field(page, 'Description').fill('Looks after the cluster')
    await pick(page, 'okafor', 'c.okafor')
    await field(page, MORE).fill('Alpha, svc-backup')
    await box(page, /^security_viewer/).check()
    if (js) await expectNoAxe(page)
    await button(page, 'Create group').click()
    await expect(outcome(page, 'status')).toContainText('The group night shift is created.')
    await expect(heading(page)).toHaveText('night shift')
    const now = await group(portal, 'night shift')
    expect(now).toMatchObject({ description: 'Looks after the cluster', roles: ['security_viewer'] })
    expect(now?.members.toSorted()).toEqual(['alpha', 'c.okafor', 'svc-backup'])
    await page.goto('/groups?q=night')
    await expectRowVisible(list(page), { Name: 'night shift', Members: '3' })
  })

  test('invalid input shows messages at its fields and stays in the form', async ({ page, portal, watch }) => {
    watch.allowStatus(409, 422)
    await enter(page, portal, 'admin', '/groups/new')
    for (const [name, said] of [
      ['   ', /must not be empty/],
      ['x'.repeat(256), /longer than 255/],
      ['developers', /already exists/],
    ] as const) {
      await overfill(field(page, 'Name'), name)
      await field(page, 'Description').fill('Kept <script>alert(1)</script> 🔑 مدير')
      await field(page, MORE).fill('alpha')
      await box(page, /^security_viewer/).check()
      await button(page, 'Create group').click()
      await expect(field(page, 'Name')).toHaveAttribute('aria-invalid', 'true')
      await expect(field(page, 'Name')).toHaveAccessibleDescription(said)
      await expect(field(page, 'Name')).toHaveValue(name)
      await expect(field(page, 'Description')).toHaveValue('Kept <script>alert(1)</script> 🔑 مدير')
      await expect(field(page, MORE)).toHaveValue('alpha')
      await expect(box(page, /^security_viewer/)).toBeChecked()
    }
    await field(page, 'Name').fill('fine')
    await field(page, MORE).fill('alpha\nno-such-user\n<b>')
    await button(page, 'Create group').click()
    await expect(field(page, MORE)).toHaveAccessibleDescription(/no user of this name: no-such-user, <b>/)
    if (js) await expectNoAxe(page)
    expect(await group(portal, 'fine')).toBeUndefined()
  })

  for (const name of ['<script>alert(1)</script>', 'فريق الليل', '🔑 & co.']) {
    test(`a group can be called ${name}`, async ({ page, portal }) => {
      await enter(page, portal, 'admin', '/groups/new')
      await field(page, 'Name').fill(name)
      await button(page, 'Create group').click()
      await expect(outcome(page, 'status')).toContainText(`The group ${name} is created.`)
      await expect(heading(page)).toHaveText(name)
      await expect(page.getByText('No members')).toBeVisible()
    })
  }

  test('changes members and roles, and sends complete lists', async ({ page, portal }) => {
    await enter(page, portal, 'admin', await groupPath(portal, 'helpdesk-team'))
    const before = await group(portal, 'helpdesk-team')
    await page.getByRole('link', { name: 'Edit' }).click()
    await expect(page.getByText('Name and description cannot be changed after the group was created.')).toBeVisible()
    if (js) await expectNoAxe(page)
    await box(page, /^c\.okafor/).uncheck()
    await pick(page, 'svc-backup', 'svc-backup')
    await box(page, /^security_viewer/).uncheck()
    await button(page, 'Save').click()
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('The group helpdesk-team is saved.')
    const now = await group(portal, 'helpdesk-team')
    const expected = [...(before?.members ?? []).filter((name) => name !== 'c.okafor'), 'svc-backup']
    expect(now?.members.toSorted()).toEqual(expected.toSorted())
    expect(now?.roles).toEqual(['helpdesk_operator'])
    expect(await writes(portal)).toEqual(['PUT 200'])
  })

  test('keeps the concurrent change of another user', async ({ page, portal }) => {
    await enter(page, portal, 'admin', `${await groupPath(portal, 'developers')}/edit`)
    const before = await group(portal, 'developers')
    const members = [...(before?.members ?? []), 'bdrift']
    await (await portal.simulator.asAdmin()).call('PUT', '/groups', { group_id: before?.id, members, roles: before?.roles })
    await field(page, MORE).fill('svc-backup')
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('is saved')
    expect((await group(portal, 'developers'))?.members.toSorted()).toEqual([...members, 'svc-backup'].toSorted())
  })

  test('shows what a cluster kept that adds instead of replacing', async ({ page, portal }) => {
    await portal.simulator.settings({ group_update: 'add' })
    await enter(page, portal, 'admin', `${await groupPath(portal, 'helpdesk-team')}/edit`)
    await box(page, /^c\.okafor/).uncheck()
    await box(page, /^security_viewer/).uncheck()
    await button(page, 'Save').click()
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('The cluster kept these members: c.okafor.')
    await expect(outcome(page, 'status')).toContainText('The cluster kept these roles: security_viewer.')
  })

  test('asks for confirmation before a user removes their own user management', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    const cluster = await portal.simulator.asAdmin()
    const id = await cluster.userId('admin')
    const team = await group(portal, 'helpdesk-team')
    await cluster.call('PUT', '/groups', { group_id: team?.id, members: [...(team?.members ?? []), 'admin'], roles: team?.roles })
    await cluster.call('PUT', '/roles', {
      name: 'security_administrator',
      permissions: ['role_admin', 'group_admin', 'can_create_token', 'user_manager_viewer'],
    })
    await enter(page, portal, 'admin', `/groups/${team?.id}/edit`)
    await box(page, /^admin/).uncheck()
    await button(page, 'Save').click()
    const confirmed = page.getByRole('checkbox', { name: /^I know that (this takes|no account)/ }).and(page.locator(':visible'))
    await expect(confirmed).toBeVisible()
    expect(await writes(portal)).toEqual(['PUT 200'])
    await confirmed.check()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('is saved')
    expect((await group(portal, 'helpdesk-team'))?.members).not.toContain('admin')
    expect(id).toBeTruthy()
  })

  test('deletes a group and keeps its members', async ({ page, portal }) => {
    await enter(page, portal, 'admin', await groupPath(portal, 'developers'))
    await button(page, 'Delete').click()
    const asked = dialog(page, 'developers')
    await expect(asked).toContainText('Its members stay as users')
    if (js) await expectNoAxe(page)
    await button(asked, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('The group developers is deleted.')
    await expect(outcome(page, 'status')).toContainText('Its members stay as users.')
    await expect(page).toHaveURL('/groups')
    await expectNoRow(list(page), { Name: 'developers' })
    expect(await exists(portal, 'alpha')).toBe(true)
  })

  test('deletes the members only after the name is typed', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', await groupPath(portal, 'Prüfstelle Süd'))
    await button(page, 'Delete').click()
    const asked = dialog(page, 'Prüfstelle Süd')
    await asked.getByRole('checkbox', { name: 'Delete the accounts of its 4 members as well' }).check()
    await button(asked, 'Delete').click()
    const typed = asked.getByLabel('To delete the members too, type the name of the group')
    await expect(typed).toHaveAccessibleDescription(/Type the name of the group/)
    await expect(asked.getByRole('checkbox', { name: /^Delete the accounts/ })).toBeChecked()
    expect(await exists(portal, 'layla.haddad')).toBe(true)
    await typed.fill('Prüfstelle Süd')
    await button(asked, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('The accounts of its members are deleted too')
    expect(await exists(portal, 'layla.haddad')).toBe(false)
    await page.goto('/users?q=layla.haddad')
    await expect(page.getByText('Nothing matches')).toBeVisible()
  })

  test('warns before a user deletes their own account with the group', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    const team = await group(portal, 'contractors')
    await (await portal.simulator.asAdmin()).call('PUT', '/groups', { group_id: team?.id, members: ['admin'], roles: [] })
    await enter(page, portal, 'admin', `/groups/${team?.id}`)
    await button(page, 'Delete').click()
    const asked = dialog(page, 'contractors')
    await expect(asked).toContainText('your own account would be deleted')
    await asked.getByRole('checkbox', { name: 'Delete the account of its 1 member as well' }).check()
    await asked.getByLabel('To delete the members too, type the name of the group').fill('contractors')
    await button(asked, 'Delete').click()
    await expect(asked.getByRole('checkbox', { name: 'I know that this takes permissions from me' })).toBeVisible()
    expect(await exists(portal, 'admin')).toBe(true)
    expect(await writes(portal)).toEqual(['PUT 200'])
  })

  test('a viewer sees why the controls are disabled', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    const path = await groupPath(portal, 'developers')
    for (const user of ['auditor', 'helpdesk']) {
      await page.context().clearCookies()
      await enter(page, portal, user, '/groups')
      await expect(button(page, 'New group')).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, 'New group')).toHaveAccessibleDescription(/group_admin/)
      await page.goto(path)
      for (const name of ['Edit', 'Delete']) {
        await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
        await expect(button(page, name)).toHaveAccessibleDescription(/group_admin.*security_administrator/)
      }
      for (const refused of ['/groups/new', `${path}/edit`]) {
        expect((await page.goto(refused))?.status(), refused).toBe(403)
        await expect(outcome(page, 'alert')).toContainText('group_admin')
      }
    }
    expect(await writes(portal)).toEqual([])
  })

  test('shows a refusal of the cluster and keeps the input', async ({ page, portal, watch }) => {
    watch.allowStatus(403, 502, 503)
    await enter(page, portal, 'admin', '/groups/new')
    await field(page, 'Name').fill('late')
    await box(page, /^security_viewer/).check()
    for (const fault of [{ status: 503, body: '' }, { status: 403, body: '' }, 'drop'] as const) {
      await portal.simulator.faults([{ method: 'POST', path: '/pty/v1/auth/groups', fault }])
      await button(page, 'Create group').click()
      await expect(outcome(page, 'alert')).toBeVisible()
      await expect(outcome(page, 'alert')).toContainText(/Request id/)
      await expect(field(page, 'Name')).toHaveValue('late')
      await expect(box(page, /^security_viewer/)).toBeChecked()
    }
    await portal.simulator.clearFaults()
    await button(page, 'Create group').click()
    await expect(outcome(page, 'status')).toContainText('The group late is created.')
  })
})

test.describe('a large group', () => {
  test('is paged and searched', async ({ page, portal }) => {
    const { members } = await large(portal)
    await enter(page, portal, 'auditor', await groupPath(portal, 'contractors'))
    await expect(page.getByText(`Rows 1–25 of ${members.length}`)).toBeVisible()
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(page).toHaveURL(/page=2/)
    await page.getByRole('searchbox', { name: 'Search members' }).fill(members[7]!)
    await expectRowVisible(page.getByRole('table', { name: 'Members' }), { 'User name': members[7]! })
    await expectNoAxe(page)
  })

  test('is changed through searches', async ({ page, portal }) => {
    const { members } = await large(portal)
    const leaver = members[7]!
    await enter(page, portal, 'admin', `${await groupPath(portal, 'contractors')}/edit`)
    await expect(page.getByRole('list', { name: 'Members' }).getByRole('checkbox')).toHaveCount(0)
    await field(page, 'Search members').fill(leaver)
    await button(page, 'Show members').click()
    await box(page, new RegExp(`^${leaver.replaceAll('.', '\\.')}`)).first().uncheck()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('is saved')
    const now = (await group(portal, 'contractors'))?.members.toSorted()
    expect(now).toEqual(members.filter((name) => name !== leaver).toSorted())
  })

  async function large(portal: Portal): Promise<{ members: string[] }> {
    const cluster = await portal.simulator.asAdmin()
    const users = (await cluster.call('GET', '/users?first=0&max=1000')) as { username: string }[]
    const members = users.map((user) => user.username).filter((name) => name.length < 40)
    await cluster.call('PUT', '/groups', { group_id: (await group(portal, 'contractors'))?.id, members, roles: [] })
    await portal.simulator.clearCalls()
    return { members }
  }
})

test('an unknown group has a page that says so', async ({ page, portal, watch }) => {
  watch.allowStatus(404)
  await enter(page, portal, 'auditor')
  for (const path of ['/groups/00000000-0000-4000-8000-000000000000', '/groups/..%2Fusers', `/groups/${'x'.repeat(500)}`]) {
    expect((await page.goto(path))?.status(), path).toBe(404)
    await expect(outcome(page, 'alert')).toContainText(/no such group|not found/i)
    await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible()
  }
})

test('an officer has no groups in the navigation', async ({ page, portal, watch }) => {
  watch.allowStatus(403)
  await enter(page, portal, 'officer')
  await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Groups' })).toHaveCount(0)
  expect((await page.goto('/groups'))?.status()).toBe(403)
  await expect(outcome(page, 'alert')).toContainText('group_viewer')
})

test('the list is exported as CSV', async ({ page, portal }) => {
  await enter(page, portal, 'auditor', '/groups?fresh=1')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()])
  expect(download.suggestedFilename()).toMatch(/^postern-groups-\d{4}-\d\d-\d\d\.csv$/)
  const csv = await (await page.request.get('/export/groups.csv?q=developers')).text()
  expect(csv.split('\r\n')[0]).toBe('\uFEFFName,Description,Type,Members,Roles')
  const plain = await (await page.request.get('/export/groups.csv?q=developers&bom=false')).text()
  expect(plain).toBe(csv.slice(1))
  expect(csv).toContain('developers,Build and run the services,local,12,workbench_viewer')
})
