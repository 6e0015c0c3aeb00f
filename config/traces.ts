// Pulumi's host takes a stack trace for every promise and looks each up in source maps. Node runs these sources as they are
// written, so that traces are right without; with it, a quarter of a preview's time is spent on them.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
