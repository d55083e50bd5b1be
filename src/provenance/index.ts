export type {
  Attestation,
  ResourceDescriptor,
  Signer,
  SlsaProvenance,
  Statement,
  Trust,
} from './attestation.ts';
