/** Something that the reader can put right. Its message is all they need to see. */
export class ReportError extends Error {
  override name = "ReportError";
}
