import {keep, mul, type Scalar, scalar, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {shadow} from '../model/shadow';
import {functionalOf} from '../model/tfjs';
import {carrierOf} from '../model/tree';
import {untaped} from '../model/untaped';
import {firstAnswers} from './firstAnswers';
import {Lesson, type Lessons} from './lesson';
import {type DistillationOptions, subjectsOf} from './options';
import {pairsOf} from './pairs';
import {softened, softLoss} from './softened';
import {assertTeacher, teacherOf} from './teacher';
import {teachSteps} from './teachSteps';

/** A teacher at work. */
export interface Attached {
  /** Waits for the check of the teacher's first answers. @throws if they are not finite. */
  checked(): Promise<void>;
  end(): void;
}

/**
 * Makes the training steps of a model minimize (1 − share)·loss + share·distillation.
 *
 * @param isActive Whether to do so in the next step; false leaves all passes outside of steps alone.
 * @throws unless the teacher and the paired layers fit the model, which is unchanged then.
 */
export function attachDistillation(
  who: string,
  model: LayersModel,
  {teacher, temperature = 4, share = 1, layers = [], task}: DistillationOptions & {teacher: LayersModel},
  isActive?: () => boolean,
): Attached {
  assertTeacher(who, model, teacher);
  const subjects = subjectsOf(who, model, teacher, task);
  const pairs = pairsOf(who, model, teacher, layers);
  const first = firstAnswers(who, teacher);
  const {ask, end} = teacherOf(
    teacher,
    pairs.map((pair) => pair.teacher),
    (output, i) => softened(output, subjects[i].teacher, temperature),
    first,
  );
  const lessons: Lessons = {
    current: undefined,
    begin: (inputs) => new Lesson(ask(inputs)),
  };
  const costOf = (lesson: Lesson): Scalar =>
    mul(
      share,
      lesson.cost((soft, output, i) => softLoss(soft, output, subjects[i].student, temperature)),
    );
  const compared = pairs.map(({student: layer, strength}, i) =>
    shadow(layer, 'call', (call) => (inputs, kwargs) => {
      const outputs = call(inputs, kwargs);
      lessons.current?.compare([outputs].flat()[0], i, strength);
      return outputs;
    }),
  );
  const passes = isActive === undefined ? teachPasses(model, lessons, costOf) : undefined;
  const loss = () => passes?.take() ?? (lessons.current === undefined ? scalar(0) : costOf(lessons.current));
  const {losses} = carrierOf(model);
  losses.push(loss);
  const ends = [
    end,
    ...compared,
    passes?.end ?? (() => {}),
    teachSteps(functionalOf(model), lessons, share, isActive),
    () => void losses.splice(losses.indexOf(loss), 1),
  ];
  return {
    checked: first.done,
    end: () => {
      for (const undo of ends.splice(0)) undo();
    },
  };
}

/** Teaches in the training passes of a model outside of its own steps, whose losses are taken after each pass. */
function teachPasses(
  model: LayersModel,
  lessons: Lessons,
  costOf: (lesson: Lesson) => Scalar,
): {take(): Scalar | undefined; end(): void} {
  let pending: Scalar | undefined;
  const drop = () => {
    pending?.dispose();
    pending = undefined;
  };
  const end = shadow(functionalOf(model), 'call', (call) => (inputs, kwargs) => {
    if (!kwargs?.training || lessons.current !== undefined) return call(inputs, kwargs);
    // On the tape, a loop that trains all variables would train those of the teacher.
    const lesson = untaped(() => lessons.begin([inputs].flat()));
    lessons.current = lesson;
    try {
      const outputs = call(inputs, kwargs);
      lesson.learned.push(...[outputs].flat());
      drop();
      pending = keep(tidy(() => costOf(lesson)));
      return outputs;
    } finally {
      lessons.current = undefined;
      lesson.dispose();
    }
  });
  return {
    take: () => {
      const taken = pending && mul<Scalar>(pending, 1);
      drop();
      return taken;
    },
    end: () => {
      end();
      drop();
    },
  };
}
