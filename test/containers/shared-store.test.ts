import { describeRealStore } from '../store/real-store.ts';
import { containerRig } from './rig/containers.ts';

let repositories = 0;

describeRealStore('a registry', {
  url: async () => `oci://${containerRig().registry}/stores/number-${process.pid}-${repositories++}`,
  env: () => ({}),
});
