// What `web/shared/api.js` takes and answers, path by path: a path decides what belongs to its wish and its answer.

declare namespace Api {
  type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
  type PathOf<M extends Method> = { [P in keyof Paths]: M extends keyof Paths[P] ? P : never }[keyof Paths];
  type CallOf<M extends Method, P extends keyof Paths> = M extends keyof Paths[P] ? Paths[P][M] : never;

  /** What is not given is not asked for: of what may be left out, null and '' are left out too. */
  type Query<Q> = { [Name in keyof Q]: undefined extends Q[Name] ? Q[Name] | null | '' : Q[Name] };
  type Told<C> = { [Name in keyof C as Exclude<Name, 'answer'>]: Name extends 'query' ? Query<C[Name]> : C[Name] };

  interface Manner<As> {
    /** `Idempotency-Key`: one per wish, from `newKey()`, the same when it is sent again. */
    key?: string;
    ifMatch?: string;
    /** Ask without saying who I am. */
    open?: boolean;
    /** Ask with this token, a till's own, instead of who is signed in. */
    bearer?: string;
    /** JSON unless told otherwise. */
    as?: As;
    signal?: AbortSignal;
    /** Sent also when the page is closed at once. */
    keepalive?: boolean;
    /** How much of `form` has been sent, from 0 to 1. */
    onProgress?: (share: number) => void;
  }

  interface Answer<Data = any> {
    status: number;
    data: Data;
    etag: string | null;
    isReplay: boolean;
  }

  type As = 'json' | 'text' | 'blob';
  type Read<A extends As, Data> = A extends 'text' ? string : A extends 'blob' ? Blob : Data;
  type Wish<C, A> = {} extends Told<C> ? [wish?: Told<C> & Manner<A>] : [wish: Told<C> & Manner<A>];
  type AnswerOf<C> = C extends { answer: infer Data } ? Data : never;

  type Ask<M extends Method> = <P extends PathOf<M>, A extends As = 'json'>(
    path: P,
    ...wish: Wish<CallOf<M, P>, A>
  ) => Promise<Answer<Read<A, AnswerOf<CallOf<M, P>>>>>;

  /** A wish of any path, as `api.js` itself sees it. */
  type AnyWish = Manner<As> & { path?: Record<string, string>; query?: Record<string, unknown>; json?: unknown; form?: FormData };

  /** A step of the outbox, which makes the key and the form by itself. */
  type StepOf<P extends PathOf<'post'>> = { post: P; ifMatch?: string } & Omit<Told<CallOf<'post', P>>, 'query' | 'key' | 'form'> &
    ('form' extends keyof CallOf<'post', P> ? { photo: Blob } : {});
  type Step = { [P in PathOf<'post'>]: StepOf<P> }[PathOf<'post'>];
  /** A step as it lies in the outbox. */
  type KeptStep = { post: PathOf<'post'>; path?: Record<string, string>; json?: unknown; photo?: Blob; ifMatch?: string; key: string };
}
