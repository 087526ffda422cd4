// Loaded into the worker before anything else: asks the harness before and after a file moves into the evidence folder.
import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { connect } from 'node:net';
import { relative } from 'node:path';

const { FOLDER_TAP_PORT: port, FOLDER_TAP_DIR: dir } = process.env;

/** Resolves when the harness lets it pass, unless this process is killed before. */
const ask = (words) =>
  new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`${words}\n`));
    socket.once('data', () => {
      socket.end();
      resolve();
    });
    socket.on('error', resolve);
    socket.once('close', resolve);
  });

for (const name of ['rename', 'link']) {
  const real = promises[name];
  promises[name] = async (from, to) => {
    const place = relative(dir, String(to));
    if (place.startsWith('..')) return real(from, to);
    await ask(`before ${place}`);
    await real(from, to);
    await ask(`after ${place}`);
  };
}
syncBuiltinESMExports();
