/** Who may call a server, as written: YAML or JSON. The JSON Schema in schemas/ is generated from this type. */
export interface AccessFile {
  /** Version of this format. */
  readonly version: 1;
  /** What needs no key besides the health of the server, which never does. Default: nothing. */
  readonly open?: readonly OpenArea[];
  readonly keys?: readonly AccessKey[];
  readonly tokens?: readonly TokenIssuer[];
}

/** `docs` is `/docs` and `/openapi.json`, `metrics` is `/metrics` and the statistics of V2. */
export type OpenArea = 'docs' | 'metrics';

export interface Grant {
  /** Default: `predict`. */
  readonly may?: readonly GrantedPermission[];
  /** Names of models; `*` at the end stands for any ending. Default: every model. */
  readonly models?: readonly ModelPattern[];
}

export type GrantedPermission = 'predict' | 'feedback' | 'metrics' | 'admin';

/** @pattern ^[^*]*\*?$ */
export type ModelPattern = string;

export interface AccessKey extends Grant {
  /**
   * Whose key it is, for logs.
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$
   */
  readonly name: string;
  /**
   * The SHA-256 digest of the key in hexadecimal: `printf %s "$KEY" | sha256sum`. Keys are long and random, at least 128 bits.
   * @pattern ^[0-9a-f]{64}$
   */
  readonly sha256: string;
  readonly rate?: Rate;
}

export interface Rate {
  /**
   * Requests a second in the long run, in each process.
   * @exclusiveMinimum 0
   */
  readonly 'per-second': number;
  /**
   * Requests that may come at once. Default: those of one second, at least 1.
   * @minimum 1
   */
  readonly burst?: number;
}

/** Somebody whose tokens (JWT) are accepted. */
export interface TokenIssuer {
  /**
   * The claim `iss`, exactly.
   * @minLength 1
   */
  readonly issuer: string;
  /**
   * Where the public keys of the issuer are: an address (`https://...`), or a file beside this one.
   * @minLength 1
   */
  readonly jwks: string;
  /**
   * The claim `aud` names this server with it.
   * @minLength 1
   */
  readonly audience: string;
  /**
   * Signatures that count. Secrets that two sides share are not possible.
   * @minItems 1
   */
  readonly algorithms: readonly SignatureAlgorithm[];
  /**
   * Seconds that clocks may differ by. Default: 5.
   * @minimum 0
   * @maximum 300
   */
  readonly 'clock-tolerance'?: number;
  /** The claim that names who asks. Default: `sub`. */
  readonly identity?: string;
  /** What its tokens allow; a token to which none applies allows nothing. */
  readonly grants: readonly TokenGrant[];
  /** For each identity. */
  readonly rate?: Rate;
}

export interface TokenGrant extends Grant {
  /** Claims with the value that they must have, or hold: in a list, or in a text of words such as `scope`. Default: any token. */
  readonly when?: Readonly<Record<string, string>>;
}

export type SignatureAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';
