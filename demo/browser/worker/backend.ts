import {matMul, setBackend, tensor2d, tidy} from '@tensorflow/tfjs-core';

/** The backends, the fastest for real graphics hardware first. */
const names = ['webgpu', 'webgl', 'wasm', 'cpu'] as const;
type Name = (typeof names)[number];

/** Loads a backend's code; only that of the chosen backend is loaded. */
const loaders: Record<Name, () => Promise<unknown>> = {
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  wasm: () => import('./wasm').then(({prepare}) => prepare()),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

/** Reasons against a backend that was not requested, found before loading its code; undefined if there are none. */
const objections: Record<Name, () => Promise<string | undefined>> = {
  webgpu: async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) {
      return navigator.gpu ? 'no graphics adapter is offered' : 'this browser does not have it';
    }
    return adapter.info?.isFallbackAdapter ? 'it is emulated in software here, slower than wasm' : undefined;
  },
  webgl: async () => {
    const gl = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2');
    if (gl === null) {
      return 'this browser does not offer WebGL 2 to a worker';
    }
    const unmasked = gl.getExtension('WEBGL_debug_renderer_info');
    const renderer = String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    return /swiftshader|llvmpipe|software|basic render/i.test(renderer)
      ? 'it is emulated in software here, slower than wasm'
      : undefined;
  },
  wasm: async () => (typeof WebAssembly === 'undefined' ? 'this browser does not have it' : undefined),
  cpu: async () => undefined,
};

/** Starts the requested backend, or the first that works, and returns the reasons against the others. */
export async function startBackend(
  asked: string,
  tell: (doing: string) => void,
): Promise<{backend: string; others: {name: string; reason: string}[]}> {
  const order = [...names.filter((name) => name === asked), ...names.filter((name) => name !== asked)];
  const reasons = new Map<string, string>();
  let backend: string | undefined;
  for (const name of order) {
    if (backend !== undefined) {
      reasons.set(name, asked === backend ? `${asked} was requested` : `${backend} comes first`);
      continue;
    }
    const reason = await tryBackend(name, name === asked, tell);
    if (reason === undefined) {
      backend = name;
    } else {
      reasons.set(name, reason);
    }
  }
  if (backend === undefined) {
    const all = [...reasons].map(([name, reason]) => `${name}: ${reason}`).join('; ');
    throw new Error(`No backend of TensorFlow.js works in this browser. ${all}.`);
  }
  return {
    backend,
    others: names
      .filter((name) => reasons.has(name))
      .map((name) => ({name, reason: reasons.get(name) as string})),
  };
}

async function tryBackend(
  name: Name,
  asked: boolean,
  tell: (doing: string) => void,
): Promise<string | undefined> {
  try {
    const objection = asked ? undefined : await objections[name]();
    if (objection !== undefined) {
      return objection;
    }
    tell(`Loading ${name} …`);
    await loaders[name]();
    if (!(await setBackend(name))) {
      return 'it does not start';
    }
    if (name === 'webgpu' || name === 'webgl') {
      tell(`Starting ${name}, which compiles its shaders first …`);
    }
    const product = tidy(() => matMul(tensor2d([[2, 3]]), tensor2d([[5], [7]])));
    const [value] = await product.data();
    product.dispose();
    return value === 31 ? undefined : `it calculates 2·5 + 3·7 as ${value}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
