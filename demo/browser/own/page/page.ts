// The page of a shipped network of the reader's own classes: answers to the camera or to an image file.
import {Viewer} from '../viewer';

const byId = <Type extends HTMLElement>(id: string) => document.getElementById(id) as Type;

const video = byId<HTMLVideoElement>('video');
const camera = byId<HTMLButtonElement>('camera');
const file = byId<HTMLInputElement>('file');
const viewer = new Viewer({
  video,
  seen: byId<HTMLCanvasElement>('seen'),
  scores: byId('scores'),
  best: byId('best'),
  time: byId('time'),
});

/** Shows the error of an act, and forgets an earlier one. */
async function attempt(act: () => Promise<void> | void): Promise<void> {
  byId('problem').textContent = '';
  try {
    await act();
  } catch (error) {
    byId('problem').textContent = (error as Error).message;
  }
  camera.textContent = viewer.camera.isOn ? 'Stop the camera' : 'Start the camera';
  video.hidden = !viewer.camera.isOn;
}

camera.addEventListener('click', () =>
  attempt(() => (viewer.camera.isOn ? viewer.camera.stop() : viewer.camera.start())),
);
file.addEventListener('change', () =>
  attempt(async () => {
    viewer.camera.stop();
    const [chosen] = file.files ?? [];
    if (chosen) await viewer.choose(chosen);
  }),
);

const {predict, names} = await import('./network.js');
viewer.use(predict, names);
