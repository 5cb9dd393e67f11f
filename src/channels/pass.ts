import type {LayersModel, SymbolicTensor} from '@tensorflow/tfjs-layers';
import {type CallNode, callsIn} from '../model/tfjs';
import {isContainer} from '../model/tree';
import {modelPerStep} from './rules/wrapper';

/** A call in one pass through a model. Tensors are numbers, as a nested model has the same symbols in each of its calls. */
export interface Step {
  readonly node: CallNode;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Whether it is a model's input layer, which returns the tensor that its model is called with. */
  readonly isEntry: boolean;
  /**
   * Set where a wrapper calls a model at each step: −1 for the tensor that it slices by steps, 1 for the one that it stacks.
   */
  readonly stepAxis?: -1 | 1;
}

/** A call of a nested model. */
type ModelStep = Omit<Step, 'isEntry' | 'stepAxis'>;

/** One pass through a model, nested models unrolled. */
export interface Pass {
  /** The calls of layers, each after those that compute its inputs. */
  readonly steps: readonly Step[];
  /** The calls of nested models. */
  readonly modelSteps: readonly ModelStep[];
  /** The model's outputs. Its inputs are the tensors from 0. */
  readonly outputs: readonly number[];
}

/** Lists the calls of a pass through a model, which has to be built. */
export function passThrough(model: LayersModel): Pass {
  const steps: Step[] = [];
  const modelSteps: ModelStep[] = [];
  let count = model.inputs.length;

  const enter = (container: LayersModel, given: readonly number[]): number[] => {
    const numbers = new Map<SymbolicTensor, number>();
    const numberOf = (tensor: SymbolicTensor) => numbers.get(tensor) as number;
    const convert = (node: CallNode, inputs: readonly number[], stepAxis: Step['stepAxis']) => {
      const outputs = [count++];
      steps.push({node, inputs, outputs, isEntry: false, stepAxis});
      modelSteps.push({node, inputs, outputs});
      return outputs;
    };
    const outputsOf = (node: CallNode, inputs: readonly number[], isEntry: boolean): readonly number[] => {
      if (isContainer(node.outboundLayer)) {
        const outputs = enter(node.outboundLayer, inputs);
        modelSteps.push({node, inputs, outputs});
        return outputs;
      }
      const stepModel = modelPerStep(node);
      if (stepModel !== undefined) return convert(node, enter(stepModel, convert(node, inputs, -1)), 1);
      const outputs = isEntry ? inputs : node.outputTensors.map(() => count++);
      steps.push({node, inputs, outputs, isEntry});
      return outputs;
    };
    for (const node of callsIn(container)) {
      const entry = container.inputs.indexOf(node.outputTensors[0]);
      const inputs = entry >= 0 ? [given[entry]] : node.inputTensors.map(numberOf);
      const outputs = outputsOf(node, inputs, entry >= 0);
      node.outputTensors.forEach((tensor, i) => {
        numbers.set(tensor, outputs[i]);
      });
    }
    return container.outputs.map(numberOf);
  };
  const outputs = enter(
    model,
    model.inputs.map((_, i) => i),
  );
  return {steps, modelSteps, outputs};
}
