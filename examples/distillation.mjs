// A wide network teaches a narrow one, of which 90 % of the weights are pruned meanwhile.
import * as tf from '@tensorflow/tfjs';
import {cosine, exponential, fisher, global, report} from 'tfjs-pruning';
import {distillation, learningRate, pruning} from 'tfjs-pruning/callbacks';
import {prunable} from 'tfjs-pruning/layers';
import {digits} from './shared/digits.mjs';
import './shared/wasm.mjs';

const {x, y} = digits(3000);
const test = digits(1000, 't10k');

function network(units) {
  const model = tf.sequential();
  model.add(tf.layers.flatten({inputShape: [28, 28, 1]}));
  model.add(tf.layers.dense({units, activation: 'relu'}));
  model.add(tf.layers.dense({units: 10, activation: 'softmax'}));
  return model;
}
const compile = (model) =>
  model.compile({optimizer: tf.train.adam(0.002), loss: 'categoricalCrossentropy', metrics: ['accuracy']});
const accuracy = async (model) => (await model.evaluate(test.x, test.y)[1].data())[0].toFixed(3);

const teacher = network(300);
compile(teacher);
await teacher.fit(x, y, {epochs: 5});

const student = await prunable(network(50));
compile(student);
const callbacks = [
  pruning({schedule: exponential({to: 0.9}), importance: fisher(), allocation: global(), begin: 1, end: 5}),
  distillation({teacher, temperature: 4}),
  learningRate({schedule: cosine({from: 0.002, to: 0.0001})}),
];
await student.fit(x, y, {epochs: 8, callbacks});
console.log(`teacher: ${await accuracy(teacher)}, with ${teacher.countParams()} weights`);
const {total} = report(student);
console.log(
  `student: ${await accuracy(student)}, with ${Math.round(total.size * (1 - total.sparsity))} weights`,
);
