/**
 * Installs the dependencies when they are missing or no longer what package-lock.json says. Needs nothing but Node.
 * Run by `npm start` and `npm test` before anything else, or alone.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];
const STAMP = join('node_modules', '.holdpoint-install');

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Says what goes on, where it does not disturb what the program prints. */
export function say(line) {
  process.stderr.write(`holdpoint: ${line}\n`);
}

/** Ends the process with a sentence when this Node is too old to run Holdpoint. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `Holdpoint needs Node ${OLDEST_NODE.join('.')} or later, this is ${version}: see https://nodejs.org`,
  );
}

/** Whether `npm ci` has to run: the stamp of the last install carries another digest, or none is there. */
export function needsInstall(root) {
  const digest = lockDigest(root);
  if (readText(join(root, STAMP)).trim() === digest) return false;
  if (!isInstalledByHand(root)) return true;
  writeFileSync(join(root, STAMP), `${digest}\n`);
  return false;
}

/** Runs `npm ci` if need be. */
export async function ensureInstalled(root = ROOT) {
  requireNode();
  if (!needsInstall(root)) return;
  const started = Date.now();
  say('installing dependencies (npm ci), a minute or two the first time');
  await installPackages(root);
  writeFileSync(join(root, STAMP), `${lockDigest(root)}\n`);
  say(`dependencies installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

/**
 * What the lock file says, and nothing else. Where the registry lacks packages for other platforms, npm calls the lock
 * file incomplete and refuses; then the packages for this platform are installed, at the lock file's versions.
 */
async function installPackages(root) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await npm(root, ['ci', ...quiet]);
  } catch (error) {
    if (!isAboutPlatforms(error.message)) throw error;
    await npm(root, ['install', '--no-save', ...quiet]);
  }
}

/** Packages without a version: optional ones that were not there when the lock file was made. */
function isAboutPlatforms(message) {
  const complaints = message.split('\n').filter((line) => /^npm error (Missing|Invalid): /.test(line));
  return complaints.length > 0 && complaints.every((line) => / Missing: \S+@ from lock file$/.test(line));
}

function lockDigest(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** Whether npm's own record of what it put into node_modules agrees with the lock file. */
function isInstalledByHand(root) {
  const there = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (!there || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || (entry.optional && !there[path])) return true;
    return there[path]?.version === entry.version && existsSync(join(root, path));
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm's own program, run by this Node: no shell, and what it prints is shown only when it fails. */
function npm(root, args) {
  const [command, first] = npmCommand();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const stop = (signal) => child.kill(signal);
    process.once('SIGINT', stop).once('SIGTERM', stop);
    child.once('error', (error) => reject(new Error(`npm does not run: ${error.message}`)));
    child.once('close', (code) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (code === 0) resolve();
      else reject(new Error(`npm ${args[0]} failed:\n${withoutUsage(output)}`));
    });
  });
}

/** npm ends its own mistakes with pages on how to call it. */
function withoutUsage(output) {
  return output.split(/\nnpm error\s*\nnpm error Clean install a project/)[0].trim();
}

function npmCommand() {
  const given = process.env['npm_execpath'] ?? '';
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (/npm-cli\.[cm]?js$/.test(given) && existsSync(given)) return [process.execPath, [given]];
  return existsSync(beside) ? [process.execPath, [beside]] : ['npm', []];
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a script was started by itself, and not imported. */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/** Runs a script's body; a failure is one message and exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

if (isMain(import.meta.url)) void main(() => ensureInstalled());
