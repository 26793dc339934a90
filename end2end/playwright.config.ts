// Runs the tests in the installed Chromium. There are no retries, because an unstable test is a defect.
import { defineConfig } from '@playwright/test'
import type { WorkerOptions } from './support/fixtures'

export default defineConfig<object, WorkerOptions>({
  testDir: 'tests',
  outputDir: 'test-results',
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  workers: 2,
  // Bounds against waiting for ever, far above what a slow machine needs: no test measures time by them.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['./support/failures.ts']],
  use: {
    browserName: 'chromium',
    headless: true,
    launchOptions: {
      executablePath: process.env.POSTERN_CHROMIUM || '/usr/bin/chromium',
      // The browser connects to the portal alone: no updates, no sync, no background requests.
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    contextOptions: { reducedMotion: 'reduce' },
    locale: 'en-GB',
    timezoneId: 'UTC',
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
  },
})
