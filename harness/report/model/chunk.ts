/** What is looked at when it is needed. */
export interface Chunk {
  /** `file-N`, `functions`, `inputs-N`, `details-N` */
  name: string;
  content: object;
}
