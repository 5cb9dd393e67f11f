/** A result from a paper, as it states it. */
export interface Published {
  readonly network: 'lenet-300-100' | 'lenet-5-caffe';
  readonly method: string;
  readonly source: string;
  /** The weights of the network per kept weight. */
  readonly factor: number;
  /** Of the test images, in percent; undefined where the paper gives none for this factor. */
  readonly accuracy?: number;
  readonly setting: string;
}

const GSM =
  '[Ding et al. 2019](https://papers.nips.cc/paper_files/paper/2019/hash/f34185c4ca5d58e781d4f14173d41e5d-Abstract.html)';
const SPARSE_VD = '[Molchanov et al. 2017](https://arxiv.org/abs/1701.05369)';
const AUTO_PRUNE =
  '[Xiao et al. 2019](https://papers.nips.cc/paper_files/paper/2019/hash/4efc9e02abdab6b6166251918570a307-Abstract.html)';

const gsm = {method: 'GSM', source: GSM, setting: 'from a trained network, no teacher'};
const sparseVd = {
  method: 'Sparse variational dropout',
  source: SPARSE_VD,
  setting: 'a rate per weight in training, no teacher',
};

export const published: readonly Published[] = [
  {...gsm, network: 'lenet-300-100', factor: 60, accuracy: 98.18},
  {...sparseVd, network: 'lenet-300-100', factor: 68, accuracy: 98.08},
  {...gsm, network: 'lenet-5-caffe', factor: 300, accuracy: 99.06},
  {...sparseVd, network: 'lenet-5-caffe', factor: 280, accuracy: 99.25},
  {
    network: 'lenet-5-caffe',
    method: 'AutoPrune',
    source: AUTO_PRUNE,
    factor: 310,
    setting: 'trained auxiliary parameters; “without accuracy drop”',
  },
];
