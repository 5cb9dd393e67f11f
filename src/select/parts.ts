import type {Group, Member, Part} from './group';

/** The elements that are pruned with each unit in a group: in its own weights, and in those that consume its channels. */
export function partsOf({members, scores, consumers}: Group): Part[] {
  return [...members.map((member) => partOf(member, scores.length)), ...(consumers?.() ?? [])];
}

function partOf({weight, numbering: {unitOf}, shared}: Member, units: number): Part {
  const elements = new Float64Array(units);
  for (let i = 0; i < weight.value.size; i++) {
    const unit = unitOf === undefined ? i : unitOf[i];
    elements[shared === undefined ? unit : shared[unit]]++;
  }
  return {weight, elements};
}
