import { remoteContract } from './remote-contract.ts';

remoteContract({ name: 'the command, smart HTTP', engine: 'auto', http: {} });
remoteContract({ name: 'the library, smart HTTP', engine: 'library', http: {} });
remoteContract({
  name: 'the library, protocol 0',
  engine: 'library',
  http: { noProtocol2: true },
  brief: true,
});
remoteContract({ name: 'the command, a folder', engine: 'auto', brief: true });
