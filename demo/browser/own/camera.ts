/** Why there is no camera, by the names of the browser's errors. */
const reasons: Record<string, string> = {
  NotAllowedError: 'The browser does not allow the camera. Allow it in the address bar and try again',
  NotFoundError: 'No camera was found',
  NotReadableError: 'Another program uses the camera',
};

/** The camera, shown in a video element. */
export class Camera {
  readonly #video: HTMLVideoElement;
  #stream: MediaStream | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  get isOn(): boolean {
    return this.#stream !== undefined;
  }

  /** @throws with the reason if there is no camera. */
  async start(): Promise<void> {
    try {
      if (!navigator.mediaDevices) {
        throw new Error('The browser gives the camera only to pages from https or localhost');
      }
      this.#stream = await navigator.mediaDevices.getUserMedia({video: {width: 320, height: 320}});
      this.#video.srcObject = this.#stream;
      await this.#video.play();
    } catch (error) {
      this.stop();
      const {name, message} = error as Error;
      throw new Error(`${reasons[name] ?? message}. You can choose image files instead.`);
    }
  }

  stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#video.srcObject = null;
  }
}
