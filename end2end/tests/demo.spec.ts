// Demo mode: the accounts on the sign-in page, and the component gallery.
import { enter, expect, expectNoAxe, expectRowVisible, fillSignIn, hydrated, PASSWORD, test } from '../support/fixtures'

test.use({ demo: true })

test('the sign-in page lists working accounts', async ({ page }) => {
  await page.goto('/sign-in')
  const accounts = page.getByRole('table')
  for (const name of ['admin', 'helpdesk', 'officer', 'officer2', 'auditor', 'nologin']) {
    await expectRowVisible(accounts, { 'User name': name, Role: /\w/ })
  }
  await expect(page.getByText(PASSWORD)).toBeVisible()
  await expectNoAxe(page)
  await fillSignIn(page, 'auditor')
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
})

test('the component gallery has no accessibility violations', async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk', '/ui')
  await hydrated(page)
  await expect(page.getByRole('heading', { level: 1, name: 'Gallery' })).toBeVisible()
  await expectNoAxe(page)
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(wide, `wider than ${width} px`).toBeLessThanOrEqual(0)
  }
})

for (const [opens, title] of [['Delete', 'Delete anna.berg?'], ['Reset password', 'Reset the password of anna.berg']]) {
  test(`the dialog of ${opens} has no accessibility violations`, async ({ page }) => {
    await page.goto('/ui')
    await hydrated(page)
    await page.getByRole('button', { name: opens!, exact: true }).first().click()
    await expect(page.getByRole('dialog', { name: title! })).toBeVisible()
    await expectNoAxe(page)
  })
}
