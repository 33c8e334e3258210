package io.girok.coordinator;

/// The state machine that a [CoordinatorRuntime] drives. Owned by the partition's shard.
///
/// Its durable part changes by [#applyRecord] only, so that a leader and a replay after a crash come to the same state.
/// What is not in the log (members that are about to join, deadlines) is soft: commands change it directly, and it is
/// gone after a reload.
public interface CoordinatorState {
    /// Takes over one record of the log, in order. Cannot refuse a record that was written by this version.
    ///
    /// @throws UnreadableRecord when the record is malformed; nothing has changed then
    void applyRecord(CoordinatorRecord record);

    /// The log is replayed, and commands are about to come: sets the timers that the state needs.
    Decision onLoaded();
}
