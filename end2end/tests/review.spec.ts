// The review of a change of a role's permissions and of a group's roles: whom it touches, before it is saved.
import type { Page } from '@playwright/test'
import {
  button,
  enterRefreshed,
  expect,
  expectNoAxe,
  expectRowVisible,
  heading,
  outcome,
  saveReviewed,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

// More than are read without being asked to.
test.use({ users: 600 })

const permission = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true })
const effects = (page: Page) => tableOf(page, 'Permissions that people get or lose')
const section = (page: Page, name: string) =>
  page.getByRole('main').locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) })

async function writes(portal: Portal): Promise<string[]> {
  const calls = await portal.simulator.calls()
  return calls
    .filter((call) => /\/(roles|groups)$/.test(call.path) && call.method !== 'GET')
    .map((call) => `${call.method} ${call.status}`)
}

async function permissionsOf(portal: Portal, name: string): Promise<string[]> {
  const roles = (await (await portal.simulator.asAdmin()).call('GET', '/roles')) as { name: string; permissions: string[] }[]
  return roles.find((role) => role.name === name)?.permissions ?? []
}

async function groupPath(portal: Portal, name: string): Promise<string> {
  const groups = (await (await portal.simulator.asAdmin()).call('GET', '/groups?first=0&max=1000')) as { id: string; name: string }[]
  return `/groups/${groups.find((group) => group.name === name)?.id}`
}

/** Reads every user again, and waits for it: the reset of the cluster changes it without the portal. */
async function count(page: Page, portal: Portal): Promise<void> {
  const request = page.context().request
  await request.get(`${portal.url}/access?fresh=1`)
  await expect.poll(async () => (await request.get(`${portal.url}/access`)).text()).toContain('Rows 1')
}

test('nobody has been read yet: the people are counted on request', async ({ page, portal }) => {
  await enterRefreshed(page, portal, 'admin', '/roles/directory_viewer/edit')
  await permission(page, 'saml_viewer').uncheck()
  await button(page, 'Save').click()
  await expect(heading(page)).toHaveText('Review the change of directory_viewer')
  await expect(page.getByText('It is not known yet whom this touches.')).toBeVisible()
  await expectNoAxe(page)
  expect(await writes(portal)).toEqual([])
  await page.getByRole('link', { name: 'Count first' }).click()
  await expect(page.getByText(/\d+ people are affected/)).toBeVisible()
  await expect(page.getByRole('link', { name: 'Count first' })).toHaveCount(0)
  await saveReviewed(page)
  await expect(outcome(page, 'status')).toContainText('The role directory_viewer is saved.')
})

withAndWithoutJavaScript((js) => {
  test('a permission that is taken: who loses it, and the way back', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'admin')
    await count(page, portal)
    await page.goto('/roles/directory_viewer/edit')
    await permission(page, 'saml_viewer').uncheck()
    await permission(page, 'insight_viewer').check()
    await button(page, 'Save').click()
    await expect(heading(page)).toHaveText('Review the change of directory_viewer')
    await expect(section(page, 'Permissions')).toContainText(/Removed\s*saml_viewer\s*Added\s*insight_viewer/)
    await expect(section(page, 'Groups').getByRole('link', { name: 'framework' })).toBeVisible()
    await expectRowVisible(effects(page), { Permission: 'saml_viewer', Effect: 'Lost', People: /^\d+$/, Who: /, .* and \d+ more/ })
    await expectRowVisible(effects(page), { Permission: 'insight_viewer', Effect: 'Gained' })
    await expect(effects(page).getByRole('link').first()).toHaveAttribute('href', /^\/users\/./)
    await expect(page.getByText('can no longer sign in')).toHaveCount(0)
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual([])

    await page.getByRole('link', { name: 'Change the form' }).click()
    await expect(heading(page)).toHaveText('Edit directory_viewer')
    await expect(permission(page, 'saml_viewer')).not.toBeChecked()
    await expect(permission(page, 'insight_viewer')).toBeChecked()
    await permission(page, 'insight_viewer').uncheck()
    await button(page, 'Save').click()
    await expect(section(page, 'Permissions')).not.toContainText('Added')
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('The role directory_viewer is saved.')
    expect(await permissionsOf(portal, 'directory_viewer')).not.toContain('saml_viewer')
    expect(await writes(portal)).toEqual(['PUT 200'])
  })

  test('people who can no longer sign in are named', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'admin')
    await count(page, portal)
    await page.goto('/roles/policy_officer/edit')
    await permission(page, 'can_create_token').uncheck()
    await button(page, 'Save').click()
    await expect(page.getByText(/^\d+ (person|people) can no longer sign in\.$/)).toBeVisible()
    await expect(page.getByText(/No other role gives them can_create_token: .*officer/)).toBeVisible()
    await expectRowVisible(effects(page), { Permission: 'can_create_token', Effect: 'Lost' })
  })

  test('the roles of a group: what its members get and lose', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'admin')
    await count(page, portal)
    await page.goto(`${await groupPath(portal, 'helpdesk-team')}/edit`)
    await page.getByRole('checkbox', { name: /^helpdesk_operator/ }).uncheck()
    await page.getByRole('checkbox', { name: /^policy_officer/ }).check()
    await button(page, 'Save').click()
    await expect(heading(page)).toHaveText('Review the change of helpdesk-team')
    await expect(section(page, 'Roles')).toContainText(/Removed\s*helpdesk_operator\s*Added\s*policy_officer/)
    await expectRowVisible(effects(page), { Permission: 'user_manager_admin', Effect: 'Lost', Who: /c\.okafor/ })
    await expectRowVisible(effects(page), { Permission: 'workbench_management_policy_write', Effect: 'Gained' })
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual([])
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('The group helpdesk-team is saved.')
    expect(await writes(portal)).toEqual(['PUT 200'])
  })

  test('a change that another person made meanwhile is kept through the review', async ({ page, portal }) => {
    await enterRefreshed(page, portal, 'admin', '/roles/policy_officer/edit')
    await permission(page, 'saml_viewer').check()
    await button(page, 'Save').click()
    await expect(heading(page)).toHaveText('Review the change of policy_officer')
    const before = await permissionsOf(portal, 'policy_officer')
    const meanwhile = [...before, 'insight_viewer']
    await (await portal.simulator.asAdmin()).call('PUT', '/roles', { name: 'policy_officer', permissions: meanwhile })
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('is saved')
    expect((await permissionsOf(portal, 'policy_officer')).toSorted()).toEqual([...meanwhile, 'saml_viewer'].toSorted())
  })
})

test('a change stays through a reload, and one that is not there says so', async ({ page, portal }) => {
  await enterRefreshed(page, portal, 'admin', '/roles/policy_officer/edit')
  await permission(page, 'saml_viewer').check()
  await button(page, 'Save').click()
  await expect(heading(page)).toHaveText('Review the change of policy_officer')
  await page.reload()
  await expect(section(page, 'Permissions')).toContainText('saml_viewer')
  await page.goto('/roles/policy_officer/review?change=00000000000000000000000000000000')
  await expect(page.getByText('No change to review')).toBeVisible()
})
