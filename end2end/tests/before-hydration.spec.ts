// What a person types after the page is painted and before its scripts run counts as much as what is typed later.
import type { Page } from '@playwright/test'
import { expect, expectRowVisible, hydrated, passSignIn, tableOf, test, type Portal } from '../support/fixtures'

/** Opens a page, uses it before its islands are hydrated, and then lets them. */
async function useEarly(page: Page, portal: Portal, path: string, use: () => Promise<void>): Promise<void> {
  let resolve = () => {}
  const used = new Promise<void>((done) => (resolve = done))
  await page.route('**/*.wasm', async (route) => {
    await used
    await route.continue()
  })
  await passSignIn(page.context().request, portal, 'admin')
  // The lists of the test before are in the portal's cache for a minute.
  for (const list of ['/users?fresh=1', '/groups?fresh=1']) await page.context().request.get(portal.url + list)
  await page.goto(portal.url + path)
  await use()
  await expect(page.locator('body[data-hydrated]')).toHaveCount(0)
  resolve()
  await hydrated(page)
}

test('a search of a list finds', async ({ page, portal }) => {
  await useEarly(page, portal, '/users', () => page.getByRole('searchbox', { name: 'Search users' }).fill('o.brien'))
  await expect(page).toHaveURL(/q=o\.brien/)
  await expectRowVisible(tableOf(page, 'Users'), { 'User name': 'o.brien' })
})

test('a filter of a list applies', async ({ page, portal }) => {
  await useEarly(page, portal, '/users', async () => {
    await page.getByRole('combobox', { name: 'State' }).selectOption('Locked')
  })
  await expect(page).toHaveURL(/state=locked/)
})

test('a search for members finds', async ({ page, portal }) => {
  await useEarly(page, portal, '/users/new', () => page.getByRole('searchbox', { name: 'Search groups' }).fill('dev'))
  const found = page.getByRole('group', { name: 'Groups' }).getByRole('list', { name: 'Found' })
  await expect(found.getByRole('checkbox', { name: /^developers/ })).toBeVisible()
})

test('the search in the top bar suggests', async ({ page, portal }) => {
  await useEarly(page, portal, '/jobs', () => page.getByRole('combobox', { name: 'Find a person' }).fill('o.br'))
  await expect(page.locator('#find-person-list option').first()).toHaveAttribute('value', 'o.brien@example.com')
})

test('a page with a changed form asks before it is left', async ({ page, portal }) => {
  await useEarly(page, portal, '/users/new', () =>
    page.getByRole('textbox', { name: 'First name' }).pressSequentially('Ana'),
  )
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Groups' }).click()
  await expect(page).toHaveURL(/\/groups$/)
  expect(asked).toEqual(['beforeunload'])
})
