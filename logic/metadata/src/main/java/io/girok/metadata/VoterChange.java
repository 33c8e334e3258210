package io.girok.metadata;

/// How a change of the voters ended.
public sealed interface VoterChange {
    /// The target votes now.
    record Changed() implements VoterChange {}

    /// Certainly not begun, or taken back.
    record Refused(Reason reason, String detail) implements VoterChange {}

    /// Perhaps done, or still under way: look at [MetadataLog#status] before anything else is changed.
    record Unknown(String detail) implements VoterChange {}

    /// Why nothing was changed.
    enum Reason {
        /// Another node leads, or is about to: a leader that is to go hands over first.
        NOT_LEADER,
        /// Who votes is not what was expected.
        OTHER_VOTERS,
        /// One change is under way already.
        IN_PROGRESS,
        /// Too few of the target answer, or one that is to be added does not.
        UNREACHABLE,
        /// Nobody may ask for this.
        INVALID,
        /// The engine's voters are not ours to change.
        UNSUPPORTED
    }

    static Refused refused(Reason reason, String detail) {
        return new Refused(reason, detail);
    }
}
