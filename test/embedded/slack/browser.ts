import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import type { Browser } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The package's own arguments turn web security off and run one process, which ends with the first page. */
const NPM_CHROMIUM_ARGS = ['--no-sandbox', '--headless=shell', '--no-zygote', '--disable-gpu'];

/** A headless browser: the one from npm on Linux x64, else an installed Chrome. Null, said loudly, without one. */
export async function findBrowser(): Promise<Browser | null> {
  const installed = INSTALLED.find((path) => existsSync(path));
  try {
    if (process.platform === 'linux' && process.arch === 'x64') {
      const executablePath = await chromium.executablePath();
      return await playwright.launch({ executablePath, args: NPM_CHROMIUM_ARGS, headless: true });
    }
    if (installed !== undefined)
      return await playwright.launch({ executablePath: installed, headless: true });
  } catch (error) {
    process.stderr.write(`\n!!! NO BROWSER COULD BE STARTED: ${String(error)}\n`);
  }
  process.stderr.write(
    '\n!!! NO BROWSER WAS FOUND: the pages are NOT TESTED. Install Chrome or run on Linux x64.\n',
  );
  return null;
}
