// Policy management as a file: the export, the plan of an import, the import, and a file that is not taken.
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectNoSidewaysScroll,
  expectRowVisible,
  heading,
  type Portal,
  rows,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

const PAGE = '/policy/file'
const FILE = `version: 1
sources:
- {name: directory, type: LDAP}
roles:
- name: CONTRACTOR
  description: <b>People</b> of another company
  members:
  - {source: corporate-directory, type: USER, name: ana.ito@example.com}
masks:
- {name: LAST_4, description: Shows the last four characters, fromLeft: 0, fromRight: 5, masked: false, character: '*'}
dataElements:
- name: DE_BADGE
  method:
    numericToken: {tokenizer: SLT_1_3, lengthPreserving: true}
dataStores:
- {name: EDGE}
policies:
- name: BADGES
  rules:
  - {role: CONTRACTOR, dataElement: DE_BADGE, access: [unProtect], mask: LAST_4}
  - {role: ANALYST, dataElement: DE_CITY, access: []}
`

const result = (page: Page): Locator => tableOf(page, 'Outcome table')

/** The name, outcome and message of each row. */
const outcomes = async (page: Page): Promise<[string, string, string][]> =>
  (await rows(result(page))).map((row) => [row.Name ?? '', row.Outcome ?? '', row['What happened'] ?? ''])

/** Selects a file with this text and starts the plan. */
async function plan(page: Page, text: string): Promise<void> {
  const file = { name: 'policy.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) }
  await page.getByLabel('File', { exact: true }).setInputFiles(file)
  await button(page, 'Plan the import').click()
}

async function over(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f]{32}$/)
  await expect(page.getByText(/Finished\.$/)).toBeVisible()
  // The page of a job that ends reloads, which would interrupt the next navigation.
  await expect(button(page, 'Stop')).toHaveCount(0)
}

const writes = async (portal: Portal): Promise<string[]> =>
  (await portal.simulator.calls())
    .filter((call) => call.method === 'POST' && call.path.startsWith('/pty/v2/pim'))
    .map((call) => call.path.replace('/pty/v2/pim', ''))

withAndWithoutJavaScript((js) => {
  test.beforeEach(({ page }) => {
    // A page with a file that was not taken asks before it is left.
    page.on('dialog', (asked) => void asked.accept())
  })

  test('a file is planned, applied, and tried again where a step failed', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/policy')
    await page.getByRole('link', { name: 'Policy as a file' }).click()
    await expect(heading(page)).toHaveText('Policy as a file')
    await expectNoSidewaysScroll(page)
    await portal.simulator.clearCalls()
    await plan(page, FILE)
    await over(page)
    await expect(heading(page)).toHaveText('Plan of a policy file: 7 to do, 0 already there, 2 left out')
    await expect(page.getByText('Nothing has been created yet.')).toBeVisible()
    await expect.poll(() => outcomes(page)).toEqual([
      ['Member source directory', 'Left out', expect.stringMatching(/Its connection is needed, which no file has/)],
      ['Mask LAST_4', 'Left out', expect.stringMatching(/differs.*“4” as fromRight, the file “5”/)],
      ['Role CONTRACTOR', 'Ready', 'Would be created.'],
      ['Members of CONTRACTOR from corporate-directory, USER', 'Ready', 'Would be added: ana.ito@example.com.'],
      ['Data element DE_BADGE', 'Ready', 'Would be created.'],
      ['Data store EDGE', 'Ready', 'Would be created.'],
      ['Policy BADGES', 'Ready', 'Would be created.'],
      [
        'Rule of BADGES: CONTRACTOR on DE_BADGE',
        'Ready',
        'Would be added: unProtect permitted. The mask LAST_4 is not as in the file.',
      ],
      ['Rule of BADGES: ANALYST on DE_CITY', 'Ready', 'Would be added: no operation is permitted.'],
    ])
    await expectNoSidewaysScroll(page)
    expect(await writes(portal)).toEqual([])

    await portal.simulator.faults([
      { method: 'POST', path: '/pty/v2/pim/dataelements', fault: { status: 400, body: '{"detail":"Not today"}' } },
    ])
    await button(page, 'Apply 7 steps').click()
    await expect(heading(page)).toHaveText('Import a policy file: 7 steps')
    await over(page)
    await expect.poll(async () => (await outcomes(page)).slice(0, 2)).toEqual([
      ['Data element DE_BADGE', 'Failed', expect.stringMatching(/Not today/)],
      [
        'Rule of BADGES: CONTRACTOR on DE_BADGE',
        'Failed',
        'Not sent: it needs the data element DE_BADGE, which the cluster does not have yet.',
      ],
    ])
    await expect(page.getByText('1 new rule is in the cluster as sent.')).toBeVisible()
    if (js) await expectNoAxe(page)
    await portal.simulator.clearFaults()
    await portal.simulator.clearCalls()
    await button(page, 'Try 2 again').click()
    await expect(heading(page)).toHaveText('Import a policy file: 2 steps')
    await over(page)
    await expect.poll(() => outcomes(page)).toEqual([
      ['Data element DE_BADGE', 'Done', 'Created.'],
      ['Rule of BADGES: CONTRACTOR on DE_BADGE', 'Done', 'Added.'],
    ])
    expect((await writes(portal)).map((path) => path.split('/').pop())).toEqual(['dataelements', 'rules'])

    await page.goto('/policy/roles?q=CONTRACTOR')
    await expect(page.getByRole('main')).toContainText('<b>People</b> of another company')
    const file = await page.context().request.get(`${portal.url}${PAGE}.yaml`)
    expect(await file.text()).toContain('- name: BADGES\n')
  })

  test('an export has no uid and no key, and its plan has nothing to do', async ({ page, portal }) => {
    await enter(page, portal, 'officer', PAGE)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the file' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^postern-policy-.*\.yaml$/)
    const text = await readFile(await download.path(), 'utf8')
    expect(text).toContain('- name: CUSTOMER_DATA\n')
    expect(text).not.toMatch(/Uid|PUBLIC KEY/)

    await plan(page, text)
    await over(page)
    await expect(heading(page)).toHaveText(/^Plan of a policy file: 0 to do, \d+ already there, 0 left out$/)
    await expect(page.getByText('Nothing of the file is left to be created.')).toBeVisible()
    await expect(page.getByRole('button', { name: /^Apply/ })).toHaveCount(0)
    if (js) await expectNoAxe(page)
  })

  test('a file with problems is refused at its field, with their lines', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', PAGE)
    await portal.simulator.clearCalls()
    for (const [text, words] of [
      ['version: 1\nroles: &a [{name: R}]\n', /Line 2: Anchors and aliases/],
      ['version: 1\nroles:\n- name: R\n- name: r\n', /Line 4, name: Line 3 has a role of the same name/],
      ['version: 1\nsources:\n- {name: L, type: LDAP, connection: {password: hunter2}}\n', /the word “needed”: a file has no credentials/],
      ['version: 1\npolicies:\n- name: P\n  rules:\n  - {role: <i>X</i>, dataElement: DE_CITY, access: []}\n', /role <i>X<\/i>\./],
      ['', /Choose a file/],
    ] as const) {
      await plan(page, text)
      await expect(page.getByText(words)).toBeVisible()
      await expect(page.getByLabel('File', { exact: true })).toHaveAccessibleDescription(words)
    }
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual([])
  })

  test('who may only read exports, and sees why the import is closed', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', PAGE)
    await expect(page.getByRole('link', { name: 'Download the file' })).toBeVisible()
    await expect(button(page, 'Plan the import')).toHaveAttribute('aria-disabled', 'true')
    await page.goto('/policy/masks')
    await expectRowVisible(page.getByRole('table'), { Name: 'LAST_4' })
  })
})
