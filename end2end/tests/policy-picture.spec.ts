// The picture of the policies: what is drawn, and the list that says the same.
import type { Page } from '@playwright/test'
import { button, enter, expect, expectNoAxe, expectNoSidewaysScroll, heading, test, withAndWithoutJavaScript } from '../support/fixtures'

const drawing = (page: Page) => page.getByRole('region', { name: 'Drawing of what the list below says' })
const main = (page: Page) => page.getByRole('main')

withAndWithoutJavaScript((js) => {
  test('the picture leads from all policies to one, and to its objects', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/policy')
    await page.getByRole('link', { name: 'Picture' }).click()
    await expect(heading(page)).toHaveText('Picture of the policies')
    await expect(drawing(page).locator('text.picture-name', { hasText: 'CUSTOMER_DATA' })).toBeVisible()
    if (js) await expectNoAxe(page)
    // What assistive technology has: the list.
    await main(page).getByRole('listitem').getByRole('link', { name: 'CUSTOMER_DATA' }).click()
    await expect(page).toHaveURL(/\/policy\/picture\?policy=1$/)
    const row = main(page).getByRole('listitem').filter({ hasText: /^Deployed on/ })
    await expect(row).toHaveText('Deployed on: PROD, TEST')
    if (js) await expectNoAxe(page)
    await row.getByRole('link', { name: 'PROD' }).click()
    await expect(heading(page)).toHaveText('PROD')
  })

  test('a policy is chosen by name, and one that is not there is said so', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/policy/picture')
    await page.getByRole('combobox', { name: 'Policy' }).selectOption('PAYMENTS')
    await button(page, 'Show').click()
    await expect(main(page)).toContainText('What PAYMENTS names, and where it is deployed.')
    await expect(drawing(page).locator('text.picture-name', { hasText: 'CUSTOMER_DATA' })).toHaveCount(0)
    await page.goto('/policy/picture?policy=none')
    await expect(main(page)).toContainText('The cluster lists no policy of this uid.')
    await expect(drawing(page)).toHaveCount(0)
  })

  test('on a narrow screen the drawing scrolls by itself, by the keyboard too', async ({ page, portal }) => {
    await page.setViewportSize({ width: 320, height: 640 })
    await enter(page, portal, 'auditor', '/policy/picture')
    await expectNoSidewaysScroll(page)
    await drawing(page).focus()
    await expect(drawing(page)).toBeFocused()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => drawing(page).evaluate((element) => element.scrollLeft)).toBeGreaterThan(0)
  })
})
