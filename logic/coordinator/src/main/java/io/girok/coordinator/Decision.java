package io.girok.coordinator;

import java.util.ArrayList;
import java.util.List;

/// What a state machine decided: records to append, answers to give once they are committed, and the soft change that
/// goes with the records. Not thread-safe; built by one handler, then read by the runtime.
public final class Decision {
    private final List<CoordinatorRecord> records = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Reply<?>> answered = new ArrayList<>();
    private final List<Runnable> softChanges = new ArrayList<>();
    private boolean isAtomic = true;
    private boolean isDispensable;

    public static Decision create() {
        return new Decision();
    }

    /// Answers without records.
    public static <A> Decision answered(Reply<A> reply, A answer) {
        return new Decision().answer(reply, answer);
    }

    public <A> Decision answer(Reply<A> reply, A answer) {
        answered.add(reply);
        answers.add(() -> reply.answer(answer));
        return this;
    }

    public Decision record(CoordinatorRecord record) {
        records.add(record);
        return this;
    }

    /// Runs right after the records were applied, and not at all when they are refused.
    public Decision softChange(Runnable change) {
        softChanges.add(change);
        return this;
    }

    /// The records may be spread over several batches: each of them makes sense alone.
    public Decision splittable() {
        isAtomic = false;
        return this;
    }

    /// The records may be missing from the log: a replay without them comes to the same in time. While the log takes
    /// nothing they only change the state, where other records are refused before anything has changed; so a handler
    /// that has changed soft state by itself says this of its records.
    public Decision dispensable() {
        isDispensable = true;
        return this;
    }

    public List<CoordinatorRecord> records() {
        return records;
    }

    boolean isAtomic() {
        return isAtomic;
    }

    boolean isDispensable() {
        return isDispensable;
    }

    List<Runnable> softChanges() {
        return softChanges;
    }

    List<Reply<?>> answered() {
        return answered;
    }

    /// One for each of [#answered], in the same order.
    List<Runnable> answers() {
        return answers;
    }
}
