import {join} from 'node:path';
import {maskCases} from '../bench/peers/maskCases';
import {compareMasks, compareSchedule} from '../bench/peers/masks';
import {Peer, type PeerName, withoutPeer} from '../bench/peers/peer';
import {describeWith} from './support/describeWith';

const root = join(__dirname, '..');

/** Compares each mask with that of the peer, which computes it in a process of its own. */
function describeMasks(name: PeerName, title: string, more?: (peer: () => Peer) => void): void {
  let peer: Peer;
  beforeAll(async () => {
    peer = new Peer(root, name);
    // Loads the libraries.
    await peer.ask('versions');
  }, 300_000);
  afterAll(() => peer.close());

  const cases = maskCases.filter((one) => one.peer === name);
  it.each(cases.filter(({differs}) => differs === undefined))(
    `equals that of ${title}: $name`,
    async (one) => {
      const {weights, kept, different} = await compareMasks(one, peer, 2);
      expect(different).toBe(0);
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThan(weights);
    },
  );

  it.each(cases.filter(({differs}) => differs !== undefined))(
    `differs from that of ${title}, as $differs: $name`,
    async (one) => {
      expect((await compareMasks(one, peer, 2)).different).toBeGreaterThan(0);
    },
  );
  more?.(() => peer);
}

describeWith(withoutPeer(root, 'tfmot'), 'a mask and tfmot', () => {
  describeMasks('tfmot', 'tfmot', (peer) => {
    it('a polynomial schedule has the values of the polynomial decay of tfmot to 1e-6', async () => {
      expect(await compareSchedule(peer())).toBeLessThan(1e-6);
    });
  });
});

describeWith(
  withoutPeer(root, 'torch'),
  'a mask and PyTorch',
  () => describeMasks('torch', 'torch.nn.utils.prune'),
  // It is too large for the CI.
  {isOptional: true},
);
