import type {Group, Member, Part} from './group';

/** How many elements of its own weights and of the consumers of its channels are pruned with each unit of a group. */
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
