// The access review: the users with a permission, and the roles and groups that grant it.
import type { Page } from '@playwright/test'
import {
  enter,
  expect,
  expectNoAxe,
  expectNoRow,
  expectNoSidewaysScroll,
  expectRowVisible,
  heading,
  rows,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

const people = (page: Page) => page.getByRole('table', { name: 'People' })
const question = (page: Page, words: string) => page.getByRole('link', { name: words, exact: true })

withAndWithoutJavaScript((js) => {
  test('one click shows who can deploy', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/access')
    await question(page, 'Who can deploy?').click()
    await expect(page).toHaveURL(/permission=workbench_management_policy_write/)
    await expectRowVisible(people(page), { 'User name': 'officer', State: 'Open', Through: 'role policy_officer' })
    await expectRowVisible(people(page), { 'User name': 'admin', Through: 'role workbench_administrator' })
    await expectNoRow(people(page), { 'User name': 'helpdesk' })
    await expect(page.getByRole('main')).toContainText('3 people have workbench_management_policy_write')
    if (js) await expectNoAxe(page)
  })

  test('a grant through a group names the group', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/access?role=workbench_viewer')
    const found = await rows(people(page))
    expect(found.length).toBeGreaterThan(0)
    expect(found.map((row) => row.Through)).toContain('group developers (role workbench_viewer)')
    await people(page).locator('tbody').getByRole('link').first().click()
    await expect(heading(page)).not.toHaveText('Access review')
  })

  test('a search for a person shows their permissions', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/access')
    await page.getByRole('searchbox', { name: 'Search people' }).fill('officer2')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await expect(people(page).locator('tbody tr')).toHaveCount(1)
    await expectRowVisible(people(page), { 'User name': 'officer2', Through: 'role policy_officer' })
    await expect(page).toHaveURL(/q=officer2/)
  })

  test('a permission that no user has shows an empty result', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/access?permission=proagent_health_permission')
    await expect(page.getByRole('main')).toContainText('No people match these filters')
  })

  test('without permission to view users, the page names the missing permission', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enter(page, portal, 'officer', '/access')
    await expect(page.getByRole('main')).toContainText('user_manager_viewer')
    await expect(page.getByRole('link', { name: 'Access review' })).toHaveCount(0)
  })
})

test('the CSV export has one line per person', async ({ page, portal }) => {
  await enter(page, portal, 'auditor', '/access?permission=workbench_management_policy_write')
  const file = await page.request.get(`${portal.url}/export/access.csv?permission=workbench_management_policy_write`)
  expect(file.status()).toBe(200)
  const lines = (await file.text()).trim().split('\r\n')
  expect(lines[0]).toBe('User name,Name,State,Through,Groups')
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['admin', 'officer', 'officer2'])
})

test('the page fits a narrow screen', async ({ page, portal }) => {
  await page.setViewportSize({ width: 360, height: 800 })
  await enter(page, portal, 'auditor', '/access?permission=can_create_token')
  await expectNoSidewaysScroll(page)
})
