import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { listening, type Moment, type Tap, type Watcher } from './tap.ts';

export const FOLDER_HOOK = fileURLToPath(new URL('./folder-hook.mjs', import.meta.url));

/** What a process needs to ask this tap (`folder-hook.mjs`) before and after it moves a file into the folder. */
export const folderTapEnv = (tap: Tap, dir: string): Record<string, string> => ({
  FOLDER_TAP_PORT: String(tap.port),
  FOLDER_TAP_DIR: dir,
});

const Asked = /^(before|after) (\S+)\n$/;

/** The edge between a process and a folder: a moment's `request` fits the place of a file in it. */
export async function startFolderTap(moments: readonly Moment[], watcher: Watcher): Promise<Tap> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk) => {
      const [, side, place = ''] = Asked.exec(chunk.toString('utf8')) ?? [];
      const moment = moments.find(({ request }) => request.test(place));
      const isEnd = moment && watcher(moment.name, side === 'after' ? 'after' : 'before');
      // Who was killed is gone by now; another victim's fall lets this process go on.
      if (isEnd) socket.destroy();
      else socket.write('go\n');
    });
  });
  const port = await listening(server);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
