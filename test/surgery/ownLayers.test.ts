import * as tf from '@tensorflow/tfjs';
import {channel, compact, prune, sparsify, strip} from 'tfjs-pruning';
import {prunable, prunableDense} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {expectNoLeakedTensors} from '../support/memory';
import {outputsOf, seeded} from '../support/models';
import {saveAndLoad} from '../support/saving';
import {expectRefusal, stateOf} from '../support/state';

type Inputs = tf.Tensor | tf.Tensor[];
const first = (inputs: Inputs) => [inputs].flat()[0];

/** A layer whose configuration omits the arguments of its constructor. */
abstract class Silent extends tf.layers.Layer {
  constructor() {
    super({});
  }
}

/** Layers whose copies from their configuration compute or train differently. */
const forgetful: Record<string, new (...args: never[]) => tf.layers.Layer> = {
  'a number in a field': class Scale extends Silent {
    static className = 'Scale';
    constructor(readonly factor: number = 1) {
      super();
    }
    override call = (inputs: Inputs) => tf.mul(first(inputs), this.factor);
  },
  'a number in a private field': class Hidden extends Silent {
    static className = 'Hidden';
    readonly #offset: number;
    constructor(offset = 0) {
      super();
      this.#offset = typeof offset === 'number' ? offset / 1000 : 0;
    }
    override call(inputs: Inputs) {
      return tf.add(first(inputs), this.#offset);
    }
  },
  'a function': class Lambda extends Silent {
    static className = 'Lambda';
    readonly make: (x: tf.Tensor) => tf.Tensor;
    constructor(factor: number) {
      super();
      this.make = (x) => tf.mul(x, typeof factor === 'number' ? factor : 1);
    }
    override call(inputs: Inputs) {
      return this.make(first(inputs));
    }
  },
  'a function that the copy lacks': class Given extends Silent {
    static className = 'Given';
    readonly make?: (x: tf.Tensor) => tf.Tensor;
    constructor(factor: number) {
      super();
      if (typeof factor === 'number') this.make = (x) => tf.mul(x, factor);
    }
    override call(inputs: Inputs) {
      return (this.make as (x: tf.Tensor) => tf.Tensor)(first(inputs));
    }
  },
  'numbers in an array': class Weighing extends Silent {
    static className = 'Weighing';
    readonly factors: Float32Array;
    constructor(factor: number) {
      super();
      this.factors = new Float32Array(3).fill(typeof factor === 'number' ? factor : 1);
    }
    override call(inputs: Inputs) {
      return tf.mul(first(inputs), tf.tensor1d(this.factors));
    }
  },
  'a variable': class Free extends Silent {
    static className = 'Free';
    readonly factor: tf.Variable;
    constructor(factor: number) {
      super();
      this.factor = tf.tidy(() => tf.variable(tf.scalar(typeof factor === 'number' ? factor : 1)));
    }
    override call(inputs: Inputs) {
      return tf.mul(first(inputs), this.factor);
    }
  },
  'a field used only in training': class Noise extends Silent {
    static className = 'Noise';
    constructor(readonly stddev: number = 1) {
      super();
    }
    override call(inputs: Inputs, {training}: {training?: boolean}) {
      const x = first(inputs);
      return training ? tf.add(x, tf.randomNormal(x.shape, 0, this.stddev)) : tf.mul(x, 1);
    }
  },
  'the shape of its weights': class Low extends Silent {
    static className = 'Low';
    private matrix!: tf.LayerVariable;
    constructor(private readonly rank: number = 1) {
      super();
    }
    override build() {
      this.matrix = this.addWeight('matrix', [3, Number(this.rank) || 1], 'float32', seeded(1));
      this.built = true;
    }
    override call(inputs: Inputs) {
      const matrix = this.matrix.read();
      return tf.matMul(
        tf.matMul(first(inputs) as tf.Tensor2D, matrix as tf.Tensor2D),
        matrix as tf.Tensor2D,
        false,
        true,
      );
    }
  },
  'its base class, whose name it has': class Squared extends (tf.layers.dense({units: 1}).constructor as new (
    args: object,
  ) => tf.layers.Layer) {
    static className = 'Squared';
    constructor(readonly power: number) {
      super({units: 3, kernelInitializer: seeded(4)});
    }
    override call(inputs: Inputs, kwargs: object) {
      return tf.pow(super.call(inputs, kwargs) as tf.Tensor, typeof this.power === 'number' ? this.power : 1);
    }
  },
};

/** A layer that ignores its name and all other arguments. */
class Nameless extends tf.layers.Layer {
  static className = 'Nameless';
  constructor() {
    super({});
  }
  override call(inputs: Inputs) {
    return tf.relu(first(inputs));
  }
  override getConfig() {
    return {};
  }
}

tf.serialization.registerClass(Nameless as never);

/** A layer that creates layers in its first call. */
class Late extends Silent {
  static className = 'Late';
  private layers?: tf.layers.Layer[];
  override call(inputs: Inputs) {
    this.layers ??= [tf.layers.dense({units: 4, activation: 'tanh'}), tf.layers.dense({units: 3})];
    return this.layers.reduce((x, layer) => layer.apply(x) as tf.Tensor, first(inputs));
  }
}

/** Layers whose copies from their configuration are equal. */
const faithful: Record<string, new () => tf.layers.Layer> = {
  'without a name in its configuration': Nameless,
  'that makes its weights in its first call': Late,
  'that counts its calls': class Counting extends Silent {
    static className = 'Counting';
    private calls = 0;
    private readonly shapes: string[] = [];
    override call(inputs: Inputs) {
      this.calls++;
      this.shapes.push(`${first(inputs).shape}`);
      return tf.mul(first(inputs), 2);
    }
  },
  'that changes a weight when it is called': class Averaging extends Silent {
    static className = 'Averaging';
    private mean!: tf.LayerVariable;
    override build() {
      this.mean = this.addWeight('mean', [3], 'float32', seeded(3), undefined, false);
      this.built = true;
    }
    override call(inputs: Inputs) {
      return tf.tidy(() => {
        const mean = this.mean.read();
        this.mean.write(tf.mul(mean, 0.5));
        return tf.add(first(inputs), mean);
      });
    }
  },
  'whose keys and values JSON would change': class Spelled extends tf.layers.Layer {
    static className = 'Spelled';
    private readonly options: {scale_factor: number; how: string; by: (x: number) => number};
    constructor(config: {options?: {scale_factor: number; how: string; by: (x: number) => number}} = {}) {
      super(config as object);
      this.options = config.options ?? {scale_factor: 3, how: 'one_two', by: (x) => 2 * x};
    }
    override call(inputs: Inputs) {
      const {scale_factor: factor, how, by} = this.options;
      return tf.mul(first(inputs), how === 'one_two' ? by(factor) : 0);
    }
    override getConfig() {
      return {...super.getConfig(), options: {...this.options}} as object as tf.serialization.ConfigDict;
    }
  },
  'with an underscore in the name of its class': class Under extends Silent {
    static className = 'Under_score';
    override call(inputs: Inputs) {
      return tf.neg(first(inputs));
    }
  },
  'that takes indices': class Lookup extends Silent {
    static className = 'Lookup';
    private table!: tf.LayerVariable;
    override build() {
      this.table = this.addWeight('table', [2, 3], 'float32', seeded(3));
      this.built = true;
    }
    override call(inputs: Inputs) {
      return tf.tidy(() => {
        const rows = tf.cast(tf.clipByValue(first(inputs), 0, 1), 'int32').slice([0, 0], [-1, 1]);
        return tf.gather(this.table.read(), rows.reshape([-1]) as tf.Tensor1D);
      });
    }
  },
};

type Make = (args: Parameters<typeof tf.layers.dense>[0]) => tf.layers.Layer;

const withLayer = (layer: tf.layers.Layer, dense: Make) =>
  tf.sequential({
    name: 'model',
    layers: [
      dense({
        units: 3,
        inputShape: [4],
        kernelInitializer: seeded(1),
        biasInitializer: seeded(2),
        name: 'before',
      }),
      layer,
      dense({units: 2, kernelInitializer: seeded(3), name: 'after'}),
    ],
  });

const functions = {
  prunable: (model: tf.LayersModel, options?: object) => prunable(model, options),
  strip: (model: tf.LayersModel, options?: object) => strip(model, options),
  compact: (model: tf.LayersModel, options?: object) => compact(model, options),
  sparsify: (model: tf.LayersModel, options?: object) => sparsify(model, options),
};

describe.each(Object.entries(functions))('%s', (name, make) => {
  const dense: Make = name === 'prunable' ? tf.layers.dense : prunableDense;
  const masked = (layer: tf.layers.Layer) => withLayer(layer, dense);

  it.each(Object.entries(forgetful))('rejects a layer whose configuration omits %s', async (_, Own) => {
    const model = masked(new Own(...([2] as never[])));
    await expectRefusal(
      model,
      () => make(model),
      new RegExp(
        `^${name}: cannot rebuild model "model" from its configuration: ` +
          `layer "${model.layers[1].name}" \\(${model.layers[1].getClassName()}\\) (has|cannot)`,
      ),
    );
  });

  it.each(Object.entries(forgetful))(
    'accepts a copy from the user of a layer whose configuration omits %s',
    async (_, Own) => {
      const model = masked(new Own(...([2] as never[])));
      const className = model.layers[1].getClassName();
      const copy = await make(model, {layers: {[className]: () => new Own(...([2] as never[]))}});
      expect(copy.layers[1].getClassName()).toBe(className);
      expect(copy.layers.map((layer) => layer.name)).toEqual(model.layers.map((layer) => layer.name));
      expect(outputsOf(copy)).toEqual(outputsOf(model));
    },
  );

  it('accepts a copy from the user whose fields differ', async () => {
    let numbers = 0;
    class Numbered extends Nameless {
      static override className = 'Numbered';
      readonly number = numbers++;
    }
    const model = masked(new Numbered());
    await expectRefusal(model, () => make(model), /\(Numbered\) has a copy with another field "number"/);
    const copy = await make(model, {layers: {Numbered: () => new Numbered()}});
    expect(outputsOf(copy)).toEqual(outputsOf(model));
  });

  it('accepts a layer with random outputs', async () => {
    class Noisy extends Silent {
      static className = 'Noisy';
      override call(inputs: Inputs) {
        return tf.add(first(inputs), tf.randomNormal(first(inputs).shape));
      }
    }
    await expect(make(masked(new Noisy()))).resolves.toBeDefined();
  });

  it('passes the layer to copy by name', async () => {
    const {Scale} = {Scale: forgetful['a number in a field']};
    const model = masked(new Scale(...([3] as never[])));
    await expectRefusal(
      model,
      () => make(model, {layers: {Scale: () => new Scale(...([2] as never[]))}}),
      /layer "scale_.*" \(Scale\) has a copy with other outputs/,
    );
    const seen: tf.layers.Layer[] = [];
    const copier = (original: tf.layers.Layer) => {
      seen.push(original);
      return new Scale(...([3] as never[]));
    };
    expect(outputsOf(await make(model, {layers: {Scale: copier}}))).toEqual(outputsOf(model));
    expect(seen).toEqual([model.layers[1]]);
  });

  it.each([
    [
      'a class that the model does not have',
      {Nobody: () => null},
      /layers names Nobody, but model ".*" has only/,
    ],
    ['a copying function that is not a function', {Scale: 3}, /layers.Scale must be a function .*, got 3/],
    [
      'a copying function that returns no layer',
      {Scale: () => ({})},
      /layers.Scale must return a new layer, got an object/,
    ],
    [
      'a copying function that returns the layer itself',
      {Scale: (layer: unknown) => layer},
      /must return a new layer, got the same/,
    ],
  ])('rejects %s', async (_, layers, message) => {
    const model = masked(new forgetful['a number in a field'](...([3] as never[])));
    await expectRefusal(model, () => make(model, {layers}), message);
  });

  it.each(Object.entries(forgetful))('leaks nothing when it rejects %s', async (_, Own) => {
    const model = masked(new Own(...([2] as never[])));
    await expectNoLeakedTensors(() => expect(make(model)).rejects.toThrow());
  });

  it.each(Object.entries(faithful))('copies a layer %s', async (_, Own) => {
    const model = masked(new Own());
    const called = stateOf(model);
    const copy = await make(model);
    expect(stateOf(model)).toEqual(called);
    const x = tf.randomNormal([5, 4]);
    expect(outputsOf(copy, x)).toEqual(outputsOf(model, x));
    expect(copy.layers.map((layer) => layer.name)).toEqual(model.layers.map((layer) => layer.name));
  });

  it('copies a layer that was called, and one that creates its weights in the call', async () => {
    const model = masked(new Late());
    const x = tf.randomNormal([5, 4]);
    const expected = outputsOf(model, x);
    expect(outputsOf(await make(model), x)).toEqual(expected);
    expect(outputsOf(model, x)).toEqual(expected);
  });

  it('copies layers without names in their configurations from graphs and nested models', async () => {
    const branch = (input: tf.SymbolicTensor) => {
      const hidden = new Nameless().apply(
        dense({units: 4, useBias: false}).apply(input),
      ) as tf.SymbolicTensor;
      return tf.layers
        .add()
        .apply([new Nameless().apply(hidden) as tf.SymbolicTensor, hidden]) as tf.SymbolicTensor;
    };
    const inner = tf.input({shape: [4]});
    const nested = tf.model({inputs: inner, outputs: branch(inner)});
    const input = tf.input({shape: [4]});
    const twice = nested.apply(nested.apply(branch(input))) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: dense({units: 3}).apply(twice) as tf.SymbolicTensor});
    if (name !== 'prunable') await prune(model, 0.5, {pattern: channel()});
    const copy = await make(model);
    expect(difference(copy, model)).toBeLessThan(1e-5);
    expect(copy.layers.map((layer) => layer.name)).toEqual(model.layers.map((layer) => layer.name));
    expect(difference(await saveAndLoad(copy), model)).toBeLessThan(1e-5);
  });

  it('copies models of subclasses that create their own layers', async () => {
    class Net extends tf.Sequential {
      constructor() {
        super();
        this.add(dense({units: 3, inputShape: [4], kernelInitializer: seeded(1)}));
        this.add(dense({units: 4, kernelInitializer: seeded(2)}));
      }
    }
    class Named extends Net {
      static override className = 'Named';
    }
    const model = tf.sequential({layers: [new Net(), new Named()]});
    for (const given of [model, new Net(), new Named()]) {
      expect(outputsOf(await make(given))).toEqual(outputsOf(given));
    }
  });

  it('rejects a model with a custom call()', async () => {
    class Negative extends tf.Sequential {
      override call(inputs: Inputs, kwargs: object) {
        return tf.neg(super.call(inputs, kwargs) as tf.Tensor);
      }
    }
    const negative = new Negative({layers: [dense({units: 4, inputShape: [4]})]});
    const model = tf.sequential({layers: [dense({units: 4, inputShape: [4]}), negative]});
    await expectRefusal(model, () => make(model), /\(Sequential\) is a model with its own call\(\)/);
  });

  it('rejects a layer that a model shares with a nested model', async () => {
    const shared = dense({units: 4, name: 'shared', inputShape: [4]});
    const nested = tf.sequential({layers: [shared, dense({units: 4})]});
    const input = tf.input({shape: [4]});
    const outputs = shared.apply(nested.apply(shared.apply(input)) as tf.SymbolicTensor) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs});
    await expectNoLeakedTensors(() =>
      expectRefusal(model, () => make(model), 'layer "shared" is shared by a model and a nested model'),
    );
  });
});
