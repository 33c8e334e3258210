package io.girok.coordinator;

/// How a command ended. Immutable.
public sealed interface Outcome<A> {
    /// The state machine answered; everything the answer rests on is committed.
    record Answered<A>(A answer) implements Outcome<A> {}

    /// The runtime could not get an answer. The command's records may or may not be in the log.
    record Failed<A>(Reason reason) implements Outcome<A> {}

    /// Why there is no answer.
    enum Reason {
        /// The log is being replayed; try again here.
        LOADING,
        /// This replica does not lead the partition; ask who does.
        NOT_LEADER,
        /// The records could not be committed, or too many commands are waiting; try again.
        UNAVAILABLE,
        /// The command's records do not fit into one batch; nothing was done.
        TOO_LARGE,
        /// The state machine failed; nothing was done.
        BROKEN
    }
}
